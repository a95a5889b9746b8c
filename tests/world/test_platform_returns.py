"""What Shopify tells of returns, as it was seen to tell it: the case and its flow come out right."""

import json
from typing import Any

import msgspec
import pytest

from chalicelib.domain.cases import Case
from chalicelib.domain.events import Actor
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.flows.inputs import MoveIn
from chalicelib.domain.instants import MINUTE, show
from chalicelib.domain.platforms.told import ReturnLine, ReturnTold
from chalicelib.usecases.move_flow import move_flow
from chalicelib.usecases.open_case import case_key
from chalicelib.usecases.process_receipt import process_receipt
from chalicelib.usecases.receive_hook import receive_hook
from chalicelib.usecases.work_case import Deed
from tests.fakes import NOON, FakeDesk
from tests.support.signatures import platform_signature
from tests.world.rows import rows
from tests.world.test_platform_orders import ORDER

KEY = case_key("demo", "shopify/return/91")
PLAIN = {
    "id": 91, "admin_graphql_api_id": "gid://shopify/Return/91", "order": {"id": 51}, "name": "#1-R1",
    "total_return_line_items": None, "exchange_line_items": [],
    "return_line_items": [
        {"id": 7, "fulfillment_line_item": {"id": 8, "line_item": {"id": 1}}, "quantity": 2, "return_reason": "style"}
    ],
}  # fmt: skip
STATUS = {"request": "requested", "approve": "open", "decline": "declined", "close": "closed", "cancel": "canceled"}


def send(desk: FakeDesk, topic: str, body: dict[str, Any], at: int | None = None) -> str:
    """A webhook as Shopify signs it, triggered so many minutes from now; what became of its receipt."""
    desk.time += MINUTE
    raw = json.dumps(body).encode()
    headers = {
        "X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", raw),
        "X-Shopify-Webhook-Id": f"d-{desk.time}", "X-Shopify-API-Version": "2026-10",
    } | ({"X-Shopify-Triggered-At": show(NOON + at * MINUTE)} if at is not None else {})  # fmt: skip
    taken = receive_hook(desk, "demo", "shopify", headers, raw)
    assert taken is not None
    process_receipt(desk, taken.receipt.id)
    found = desk.receipts.load(taken.receipt.id)
    assert found is not None
    return found.state


def desk_of(row: dict[str, Any]) -> FakeDesk:
    """A desk that knows the order, and a platform that answers as the row says."""
    desk = FakeDesk()
    if "lines" in row:
        desk.platforms.returns["91"] = msgspec.convert(row["lines"], tuple[ReturnLine, ...])
    if "returned" in row:
        told = {"id": "91", "order": "51"} | row["returned"]
        desk.platforms.whole_returns["91"] = msgspec.convert(told, ReturnTold)
    send(desk, "orders/create", ORDER | {"customer": {"id": 7, "email": "ines@example.org"}})
    return desk


def hear(desk: FakeDesk, told: dict[str, Any]) -> str | None:
    if "moves" in told:
        for move in told["moves"]:
            name, _, outcome = move.partition(" ")
            case = desk.cases.load(KEY).case
            assert case is not None
            deed = Deed(case=case.id, shop="demo", by=Actor("agent", "mei"))
            desk.time += MINUTE
            move_flow(desk, deed, name, MoveIn(outcome=outcome or None, reason="because"))
        return None
    topic = told["topic"]
    if "event" in told:
        kind, _, action = topic.partition("/")
        changed = {"updated": ["return[id: 'gid://shopify/Return/91'].status"]}
        return send(desk, "", {"topic": kind, "action": action, "fields_changed": changed})
    plain = {} if told.get("only") else PLAIN | {"status": STATUS.get(topic.partition("/")[2])}
    return send(desk, topic, plain | told.get("body", {}), told.get("at"))


def seen(desk: FakeDesk, case: Case, last: str | None) -> dict[str, Any]:
    flow = case.flow
    assert flow is not None
    moves = sorted(desk.cases.events(KEY), key=lambda event: event.order)
    return {
        "state": flow.state, "kind": flow.kind, "status": case.status, "reason": flow.reason, "receipt": last,
        "items": {one.sku: one.quantity for one in flow.items},
        "moves": [one.fact.move for one in moves if isinstance(one.fact, FlowMoved)],
        "says": desk.cases.opening([KEY])[KEY].message,
        "tracking": flow.shipments[-1].tracking if flow.shipments else None,
    }  # fmt: skip


@pytest.mark.parametrize("row", rows("platform_returns"))
def test_what_a_platform_tells_of_a_return(row: dict[str, Any]) -> None:
    desk, last = desk_of(row), None
    for told in row["told"]:
        last = hear(desk, told)
    case = desk.cases.load(KEY).case
    assert case is not None
    found = seen(desk, case, last)
    assert {name: found[name] for name in row["want"]} == row["want"]
