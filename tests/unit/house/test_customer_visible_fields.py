"""What customers may read: the listed fields of every type of fact, and nothing internal."""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client
from msgspec.structs import replace

from app import app
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales.customer_view import VISIBLE_FIELDS, visible_event, withheld_fields
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import Author, CaseOpened, ReplySent
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import private_fields
from chalicelib.entrypoints.http.portal import pages, progress
from chalicelib.entrypoints.http.portal.export_zip import export_json
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.privacy.export_customer import collect_personal_data
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.events import KEY, RULES, happened, opened
from tests.support.cases.follow_ups import notify
from tests.support.cases.marked import filled, marker
from tests.support.cases.registries import FACTS, REDUCERS

PAGES = TemplateRenderer()
KINDS = FACTS
MARKER = re.compile("«([^«»]+)»")
MAY_BE_READ = {
    "case_opened.subject",
    "case_opened.message",
    "message_received.message",
    "reply_sent.message",
    "reply_sent.files.name",
    "flow_moved.reason",
    "flow_moved.shipment.carrier",
    "flow_moved.shipment.tracking",
    "case_opened.order.items.title",
    "flow_moved.items.sku",
    "flow_started.claim.items.sku",
    "case_assigned.assignee",  # the customer learns who looks after their complaint
}
"""What an email or page may show: the customer's messages, the replies, their products and parcels."""
ONLY_IN_COPIES = {
    "survey_answered.comment",
    "case_opened.mail.letter",
    "case_opened.mail.message_id",
    "case_opened.mail.sender",
    "message_received.mail.letter",
    "message_received.mail.message_id",
    "message_received.mail.sender",
}
"""Further fields of the customer that their data export contains."""
OPENS: dict[FlowKind, CaseType] = {"refund": "refund", "reship": "order_issue"}
AGENT = Actor("agent", "«staff»")


def fact_of(kind: type[Fact]) -> Any:
    return filled(kind, str(kind.__struct_config__.tag))


def opening(kind: CaseType, **more: Any) -> Event:
    """A case whose texts are markers."""
    whole: CaseOpened = filled(CaseOpened, "case_opened")
    words = {name: getattr(whole, name) for name in ("subject", "message", "order")}
    return opened(kind=kind, **words, **more)


def paths() -> Iterator[tuple[FlowKind, list[tuple[str, str | None]]]]:
    """For every move of every flow, the shortest way to a state in which it may be made, and the move."""
    for kind, table in TABLES.items():
        ways: dict[str, list[tuple[str, str | None]]] = {table.first: []}
        waiting, made = deque([table.first]), set[str]()
        while waiting:
            state = waiting.popleft()
            for name in table.allowed(state):
                move = table.moves[name]
                if name not in made:
                    made.add(name)
                    yield kind, [*ways[state], (name, _outcomes(move.leads_to(state))[0])]
                for outcome in _outcomes(move.leads_to(state)):
                    to = outcome or (move.leads_to(state) or (state,))[0]
                    if to not in ways:
                        ways[to] = [*ways[state], (name, outcome)]
                        waiting.append(to)


def _outcomes(leads_to: tuple[str, ...]) -> tuple[str | None, ...]:
    return leads_to if len(leads_to) > 1 else (None,)


WAYS = list(paths())


def store_and_send(services: FakeServices, story: list[Event]) -> None:
    """Store the events, and send the emails they require."""
    customer = Customer(id=case_of(story).customer, shop="demo", external_id="fang", email="fang@example.net")
    services.customers.stored[customer.id[-16:]] = customer
    for one in story:
        append_events(services, SHOP, KEY, lambda _, one=one: [one])  # type: ignore[misc]
    for one in services.cases.events(KEY):
        notify(services, KEY, one.order)


def case_of(story: list[Event]) -> Case:
    found = fold(story, RULES, REDUCERS)
    assert found is not None
    return found


@pytest.fixture
def client(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The customers' pages on services in memory, with the real templates."""
    services.pages = PAGES  # type: ignore[assignment]
    services.shops.stored[SHOP.id] = replace(SHOP, public_url="https://care.example.com")
    for module in (progress, pages):
        monkeypatch.setattr(module, "services", lambda: services)
    with Client(app) as made:
        yield made


def read_by_customer(services: FakeServices, client: Client) -> str:
    """All that the case's customer gets: emails, without notices to tiers, and their page."""
    case = case_in(services)
    shown = client.http.get(f"/p/{progress_token(services, case.id)}")
    assert shown.status_code == 200
    mails = [
        f"{mail.subject}\n{mail.text}\n{mail.html}" for mail in services.mailer.sent if mail.to == "fang@example.net"
    ]
    return "\n".join([*mails, shown.body.decode()])


def places(text: str) -> set[str]:
    return set(MARKER.findall(text))


def test_what_is_said_to_customers_is_listed_here_and_nowhere_else() -> None:
    said = {f"{kind.__struct_config__.tag}.{name}" for kind, names in VISIBLE_FIELDS.items() for name in names}
    assert said == {
        "case_opened.subject",
        "case_opened.message",
        "case_opened.mail",
        "message_received.message",
        "message_received.mail",
        "reply_sent.message",
        "reply_sent.files",
        "flow_moved.reason",
        "flow_moved.shipment",
        "survey_answered.comment",
    }
    assert all(names <= private_fields(kind).keys() for kind, names in VISIBLE_FIELDS.items())


@pytest.mark.parametrize("by_mail", [False, True], ids=["", "by mail"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__struct_config__.tag)
def test_no_field_of_any_fact_reaches_mail_or_page_that_is_not_said(
    kind: type[Fact], by_mail: bool, services: FakeServices, client: Client
) -> None:
    first = opening("complaint", **({"mail": replace(fact_of(CaseOpened).mail, certain=True)} if by_mail else {}))
    later = [] if kind is CaseOpened else [happened(2, fact_of(kind), AGENT)]
    store_and_send(services, [first, *later, happened(9, ReplySent(message="bye"), AGENT)])
    text = read_by_customer(services, client)
    assert places(text) <= MAY_BE_READ
    assert places(text)


@pytest.mark.parametrize("reason", [marker("flow_moved.reason"), None], ids=["", "note alone"])
@pytest.mark.parametrize(("kind", "way"), WAYS, ids=[f"{kind}-{way[-1][0]}" for kind, way in WAYS])
def test_of_every_move_the_reason_may_be_told_and_the_note_is_not(
    kind: FlowKind, way: list[tuple[str, str | None]], reason: str | None, services: FakeServices, client: Client
) -> None:
    asked = OPENS.get(kind, kind)
    story = [opening(asked)]  # type: ignore[arg-type]
    if kind == "reship":
        story.append(happened(1, FlowStarted(kind="reship"), AGENT))
    for step, (name, outcome) in enumerate(way):
        move = replace(fact_of(FlowMoved), move=name, outcome=outcome, reason=reason)
        story.append(happened(step + 2, move, AGENT))
    store_and_send(services, story)
    text = read_by_customer(services, client)
    assert places(text) <= MAY_BE_READ
    assert marker("flow_moved.note") not in text


def test_the_copy_of_their_data_leaves_out_what_staff_wrote_among_themselves_and_says_so(
    services: FakeServices,
) -> None:
    facts = [fact_of(kind) for kind in KINDS if kind is not CaseOpened]
    story = [opening("complaint"), *(happened(at + 1, fact, AGENT) for at, fact in enumerate(facts))]
    store_and_send(services, story)
    customer = next(iter(services.customers.stored.values()))
    short, whole = (export_json(collect_personal_data(services, [customer]), notes).decode() for notes in (False, True))
    private = {f"{kind.__struct_config__.tag}.{name}" for kind in KINDS for name in private_fields(kind)}
    inside = {place for place in private if not any(f"{place}." in one or place == one for one in READABLE)}
    assert places(short) & inside == set()
    assert places(whole) & inside == {
        place for place in inside if place.split(".")[1] not in ("mail", "shipment", "files")
    }
    assert "staff" not in places(short)
    withheld = [
        name for case in json.loads(short)["cases"] for one in case["events"] for name in one.get("withheld", [])
    ]
    hidden = [name for event in story if event.fact.internal for name in withheld_fields(event)]
    assert json.loads(short)["withheld"] == {"notes": len(withheld) + len(hidden)}
    assert len(withheld) > 10
    assert len(hidden) > 5
    assert json.loads(whole)["withheld"] == {"notes": 0}


READABLE = MAY_BE_READ | ONLY_IN_COPIES


def test_a_fact_of_a_case_is_the_same_whoever_wrote_its_opening_down(services: FakeServices, client: Client) -> None:
    whole = opening("complaint")
    by_staff = replace(whole, by=AGENT)
    by_customer = replace(whole, by=Actor("customer", "x"))
    assert fold([by_staff], RULES, REDUCERS) == fold([by_customer], RULES, REDUCERS) == fold([whole], RULES, REDUCERS)
    store_and_send(services, [by_staff, happened(1, ReplySent(message="on it"), AGENT)])
    shown = read_by_customer(services, client)
    articles = re.findall(r'<article class="said (\w+)">\s*<p class="soft">([^<·]+) ·', shown)
    assert [(who, name.strip()) for who, name in articles] == [("customer", "您"), ("shop", "Lantern &amp; Loom")]


def test_what_agrees_to_a_proposal_stands_out_and_the_reason_stands_beside_the_refusal(
    services: FakeServices, client: Client
) -> None:
    moves = [FlowMoved(move="acknowledge"), FlowMoved(move="propose", reason="we bring a new one", note="he shouts")]
    store_and_send(services, [opening("complaint"), *(happened(at + 1, one, AGENT) for at, one in enumerate(moves))])
    shown = read_by_customer(services, client)
    page = shown[shown.index("<!doctype html>", shown.rindex("</html>", 0, shown.rindex("<!doctype html>"))) :]
    accept, refuse = page.index('/accept"'), page.index('/refuse"')
    assert "we bring a new one" in page
    assert "he shouts" not in shown
    assert accept < refuse < page.index('<textarea id="refuse-reason"')
    assert "<textarea" not in page[accept:refuse]
    assert "<button>接受</button>" in page[accept:refuse]
    assert '<button class="quiet">不接受</button>' in page[refuse:]


@pytest.mark.parametrize(("author", "shown"), [("customer", True), ("staff", False), ("third_party", False)])
def test_an_email_that_its_customer_did_not_write_shows_them_no_address(author: Author, shown: bool) -> None:
    whole = opening("complaint", mail=replace(fact_of(CaseOpened).mail, author=author))
    fact = visible_event(whole).fact
    assert isinstance(fact, CaseOpened)
    assert fact.mail is not None
    ref = fact.mail
    assert bool(ref.sender or ref.suggested or ref.answer_to or ref.via or ref.copied) == shown
