"""The OpenAPI document, and objects that it describes."""

from typing import Any

import msgspec
import yaml
from jsonschema_rs import Draft202012Validator
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import AttachedFile, CaseOpened, MailRef
from chalicelib.domain.cases.parts import Answer, Satisfaction
from chalicelib.domain.casework.facts import CaseSnoozed, SnoozeEnded
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows import compensation
from chalicelib.domain.flows import flow as flows
from chalicelib.domain.flows.claims import Claim, History
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.facts import EvidenceAdded, EvidenceRefused
from chalicelib.domain.flows.flow import FlowItem, Shipment
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.side_conversations.facts import (
    SideConversationStarted,
    SideFile,
    SideMailFailed,
    SideMessageReceived,
)
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.triage.facts import CaseTyped
from tests.support.paths import ROOT

Schema = dict[str, Any]

DOCUMENT: Schema = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Schema] = DOCUMENT["components"]["schemas"]

AT = 1_795_132_800_000
ORDER = Order(
    external_id="O-1",
    items=(OrderItem("LAMP-01", "台灯", 1, Money("12.50", "CNY")), OrderItem("LAMP-02")),
    total=Money("12.50", "CNY"),
    purchased_at=AT,
)
OPENING = CaseOpened(
    id="01KAJ4Z2C07Q9X3T5V8W1Y4A6B",
    number="7KQ-4XP",
    shop="demo",
    external_id="web-1",
    kind="return",
    channel="web",
    subject="鞋子偏小",
    message="想退货",
    customer="01KAJ4Z2C0A1B2C3D4E5F6G7H8",
    policy=2,
    calendar="CN@1",
    language="zh-CN",
    priority="high",
    segment="vip",
    order=ORDER,
    historical=True,
    tier=1,
    first_reply_seconds=60,
    score=2,
    links=("01KAJ4Z2C0A1B2C3D4E5F6G7H9",),
    claim=Claim("defective", (FlowItem("LAMP-01", 1, "used"),), ("p1",)),
    tags=("call",),
    mail=MailRef(
        letter="0123456789ABCDEF",
        message_id="1@example.net",
        sender="fang@example.net",
        certain=True,
        digest="0f",
        author="staff",
        answer_to="fang@home.example",
        via="form@example.com",
        copied=("lei@example.net",),
        suggested="lei@example.net",
    ),
    history=History((FlowItem("LAMP-02"),), (("LAMP-01", AT),), Money("1.00", "CNY"), 2, 1, 3),
)
FLOW = replace(
    flows.with_deadlines(
        flows.start("return", AT, "defective", (FlowItem("LAMP-01", 1, "used"),), ("p1",)), ALWAYS, {}
    ),
    shipments=(Shipment("back", AT, "SF", "SF1"),),
    rulings=(Ruling("fault", "defective"),),
)
CLOCK = Clock(name="first_reply", state="met", target=60, calendar="CN@1", started_at=AT, due_at=AT, stopped_at=AT)
GIVEN = compensation.Compensation(
    id="M", kind="refund", amount=Money("1.00", "CNY"), by="mei", lines=(compensation.Line("LAMP-01", "1.00"),)
)
CASE = Case(
    id=OPENING.id,
    number="7KQ-4XP",
    shop="demo",
    external_id="web-1",
    type="return",
    channel="web",
    customer=OPENING.customer,
    opened_at=AT,
    policy=2,
    calendar="CN@1",
    clocks=(CLOCK,),
    satisfaction=Satisfaction(answers=(Answer(AT, 5, 9, 6),)),
    flow=FLOW,
    money=(GIVEN,),
    tasks=(Task(id="T", department="quality", title="检查", due_at=AT),),
)
CUSTOMER = Customer(id=OPENING.customer, shop="demo", external_id="lei", name="李磊")


def resolved(schema: Any, library: dict[str, Schema]) -> Any:
    """The schema with its references resolved; its own keywords take precedence."""
    if isinstance(schema, list):
        return [resolved(each, library) for each in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: resolved(value, library) for name, value in schema.items() if name != "$ref"}
    if "$ref" not in schema:
        return own
    return resolved(library[schema["$ref"].rpartition("/")[2]], library) | own


def properties_of(name: str) -> set[str]:
    """The properties of a schema of the document."""
    return set(resolved(SCHEMAS[name], SCHEMAS)["properties"])


def is_valid(value: Any, schema: Schema) -> bool:
    """Whether a value fulfils a schema."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft202012Validator(whole).is_valid(msgspec.json.decode(msgspec.json.encode(value)))


def assert_shown(name: str, shown: dict[str, Any]) -> None:
    """An object has all properties of its schema, no others, and is valid."""
    assert set(shown) == properties_of(name)
    assert set(resolved(SCHEMAS[name], SCHEMAS)["required"]) == set(shown)
    assert is_valid(shown, {"$ref": f"#/components/schemas/{name}"})


CASEWORK_TIMES = ("until", "waiting_since", "answered_at")
IDS = ("0123456789ABCDEFGHJKMNPQRS",)
WHY: dict[type[Fact], str] = {
    CaseAssigned: "knows_it",
    CaseQueued: "all_full",
    CaseReleased: "silent",
    SideMailFailed: "bounced",
    SnoozeEnded: "time",
}


def filled(fact: type[Fact]) -> Fact:
    """A fact with every field filled."""
    if fact is CaseOpened:
        return OPENING
    texts = {"department": "quality", "clock": "resolution", "status": "open", "reason": "no_address"}
    numbers: dict[str, float] = {"csat": 5, "nps": 9, "ces": 6, "round": 1, "from_tier": 0, "to_tier": 1, "target": 60}
    times = dict.fromkeys(("started_at", "due_at", "expires_at", "resolved_at", "since", *CASEWORK_TIMES), AT)
    objects: dict[str, Any] = {
        "claim": OPENING.claim,
        "items": FLOW.items,
        "shipment": FLOW.shipments[0],
        "amount": Money("1.00", "CNY"),
        "load": 3,
        "fitting": 7,
        "had": True,
        "copy": ("lei@example.net",),
        "shift": "CN",
        "mail": OPENING.mail,
        "kind": "image/png" if fact is EvidenceAdded else "refund",
        "lines": GIVEN.lines,
        "bytes": 9,
        "tier": 1,
        "priority": "high",
        "open": True,
        "by_mail": True,
        "files": (AttachedFile(id="F", name="a.pdf", kind="application/pdf", bytes=9, file="evidence/demo/C/F.pdf"),),
        "mentions": ("lee",),
    }
    objects |= dict.fromkeys(("tags", "added", "removed", "cases", "events"), IDS)
    if fact is CaseSnoozed:
        objects["event"] = "parcel_scanned"
    if fact is CaseTyped:
        objects |= {"kind": "repair", "by": "rule", "sentiment": "negative", "urgent": ("safety",), "words": ("冒烟",)}
        objects |= {"aspects": ("quality",), "model": "start", "product": "LAMP-1"}
        numbers |= {"confidence": 0.85, "score": -0.5}
    texts["why"] = WHY.get(fact, "")
    if fact is SideConversationStarted:
        objects |= {"kind": "supplier", "due_seconds": 60}
    if fact is SideMessageReceived:
        objects |= {
            "files": (SideFile("proof.pdf", "application/pdf", 9),),
            "other_sender": True,
            "automatic": "reply",
            "failed": True,
        }
    if fact is EvidenceRefused:
        texts["reason"] = "broken"
    values: dict[str, Any] = {
        **texts,
        **numbers,
        **times,
        **objects,
        "rulings": FLOW.rulings,
        "bought": flows.Bought("O-1", AT),
    }
    return fact(**{name: values.get(name, "text") for name in fact.__struct_fields__})
