"""Act on what a platform tells: returns become cases whose flows it moves on, disputes become complaints."""

from contextlib import suppress

from chalicelib.domain import events
from chalicelib.domain.customers import Customer
from chalicelib.domain.errors import Conflict
from chalicelib.domain.events import SYSTEM, Actor, AnyFact, Event
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, TaskDone, TaskOpened
from chalicelib.domain.flows.tasks import Task, of_dispute
from chalicelib.domain.hooks import News
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_inputs import CustomerIn
from chalicelib.domain.orders import Order
from chalicelib.domain.platforms.told import (
    MOVES,
    PLATFORM_NAMES,
    DataWanted,
    DisputeTold,
    PersonTold,
    PlatformTold,
    Redaction,
    ReturnTold,
    claim_of,
)
from chalicelib.domain.sales import Sale
from chalicelib.domain.shops import Shop
from chalicelib.domain.vocabulary import CaseType, Priority
from chalicelib.usecases.ask_finance import ask_finance
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.export_customer import ask_for_export
from chalicelib.usecases.follow_up import adopt_orphans
from chalicelib.usecases.forget_customer import forget
from chalicelib.usecases.keep_order import keep_dispute, keep_order
from chalicelib.usecases.meet_customer import customer_key, meet, of_order
from chalicelib.usecases.open_case import Request, case_key, open_case
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.record import record


def hear_platform(desk: Desk, shop: Shop, news: News, data: PlatformTold, receipt: Receipt) -> str | None:
    """Carry out what the platform told; the id of the case it is about, if it is about one. `Later` when the platform
    must be asked and does not answer."""
    if isinstance(data, ReturnTold):
        return _return(desk, shop, data, receipt, news.case or "")
    if isinstance(data, DisputeTold):
        return _dispute(desk, shop, data, receipt, news.case or "")
    if isinstance(data, PersonTold):
        meet(desk, shop, data.customer, data.at or receipt.received_at)
    if isinstance(data, DataWanted | Redaction):
        person, by = _person(desk, shop, data), Actor("shop", shop.id)
        if person is not None and isinstance(data, Redaction):
            forget(desk, person, by)
        elif person is not None:
            with suppress(Conflict):  # it is sent to nobody of whom it is not certain that all of it is theirs
                ask_for_export(desk, person, by)
    return None


def _person(desk: Desk, shop: Shop, told: DataWanted | Redaction) -> Customer | None:
    """The person a platform names, if we know them."""
    key = customer_key(desk, shop.id, told.customer) if told.customer is not None else "-"
    return desk.customers.load([key]).get(key)


def _return(desk: Desk, shop: Shop, told: ReturnTold, receipt: Receipt, external_id: str) -> str | None:
    key = case_key(shop.id, external_id)
    if desk.cases.load(key).case is None:
        _open_return(desk, shop, told, receipt, external_id)
    moves = MOVES[told.state]

    def decide(stored: Stored) -> list[Event]:
        at = max(receipt.received_at, events.time_in(stored.last) + 1)
        by = Actor("customer") if told.state == "cancelled" else Actor("shop")
        made = [_event(at, by, FlowMoved(move=one, reason=told.reason), key, told.state, receipt) for one in moves]
        known = {key_in(event.id) for event in desk.cases.events(key)}
        return [event for event in made if key_in(event.id) not in known]

    after = record(desk, shop, key, decide)
    return after.case.id if after.case else None


def _event(at: Instant, by: Actor, fact: AnyFact, key: str, state: str, receipt: Receipt) -> Event:
    """Of each state the platform tells once, however many webhooks tell it."""
    return events.event(at, by, fact, key, receipt.source, state, receipt=receipt.id)


def _open_return(desk: Desk, shop: Shop, told: ReturnTold, receipt: Receipt, external_id: str) -> None:
    assert receipt.source != "mail"
    sale, lines = _sale(desk, shop, told.order, receipt), told.lines
    if not lines or (told.total is not None and told.total > len(lines)):
        lines = desk.platforms.return_lines(shop.id, receipt.source, told.id) or lines
    order = sale.order if sale else Order(told.order)
    notes = "\n".join(dict.fromkeys(one.note for one in lines if one.note))
    subject = f"{PLATFORM_NAMES[receipt.source]} {told.name or told.id}"
    _open(desk, shop, receipt, external_id, "return", subject, notes, order, sale, claim=claim_of(lines, order))


def _sale(desk: Desk, shop: Shop, order: str, receipt: Receipt) -> Sale | None:
    """The order, asked of the platform where it told too little of it."""
    sale = desk.sales.load(shop.id, order)
    if sale is not None and sale.customer is not None and sale.order.items:
        return sale
    assert receipt.source != "mail"
    asked = desk.platforms.order(shop.id, receipt.source, order)
    return keep_order(desk, shop, asked, receipt.received_at) if asked else sale


def _dispute(desk: Desk, shop: Shop, told: DisputeTold, receipt: Receipt, external_id: str) -> str | None:
    sale = _sale(desk, shop, told.order, receipt) if told.order else None
    kept = keep_dispute(desk, shop, told, receipt.received_at)
    if kept is not None:
        ask_finance(desk, shop, kept, receipt.received_at)
    if told.state != "open" and desk.cases.load(case_key(shop.id, external_id)).case is None:
        return None  # it was decided before we heard of it: there is nothing left to do
    order = sale.order if sale else Order(told.order) if told.order else None
    what = f"{told.kind}: {told.reason}, {told.amount.amount} {told.amount.currency}"
    subject = f"{PLATFORM_NAMES[receipt.source]} {what}"
    stored = _open(desk, shop, receipt, external_id, "complaint", subject, "", order, sale, priority="urgent")
    key = stored.key

    def decide(stored: Stored) -> list[Event]:
        task = new_id(receipt.received_at, key_of("task", key, "dispute"))
        department, title, due_at = of_dispute(receipt.received_at, told.due_by, what)
        known = next((one for one in _tasks(stored) if key_in(one.id) == key_in(task)), None)
        if told.state == "open":
            fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
            return [] if known else [events.event(receipt.received_at, SYSTEM, fact, key, "dispute task")]
        if known is None or not known.open:
            return []
        at = max(receipt.received_at, events.time_in(stored.last) + 1)
        done = TaskDone(task=known.id, department=known.department, due_at=known.due_at, outcome=told.state)
        return [events.event(at, SYSTEM, done, key, "dispute decided")]

    record(desk, shop, key, decide)
    return stored.case.id if stored.case else None


def _tasks(stored: Stored) -> tuple[Task, ...]:
    return stored.case.tasks if stored.case else ()


def _open(
    desk: Desk, shop: Shop, receipt: Receipt, external_id: str, kind: CaseType, subject: str, message: str,
    order: Order | None, sale: Sale | None, claim: Claim | None = None, priority: Priority = "normal",
) -> Stored:  # fmt: skip
    customer, language = _who(desk, shop, receipt, order, sale)
    request = Request(
        external_id=external_id, kind=kind, channel="third_party", subject=subject, message=message,
        customer=customer, language=language, at=receipt.received_at, by=Actor("customer", customer), order=order,
        claim=claim, priority=priority, receipt=receipt.id,
    )  # fmt: skip
    stored = open_case(desk, shop, request)
    adopt_orphans(desk, shop, stored)
    return stored


def _who(desk: Desk, shop: Shop, receipt: Receipt, order: Order | None, sale: Sale | None) -> tuple[str, str]:
    """The buyer and their language; somebody known by nothing but this order, where the platform does not tell."""
    known = desk.customers.load([key_in(sale.customer)]).get(key_in(sale.customer)) if sale and sale.customer else None
    if known is None:
        about = order.external_id if order else receipt.delivery
        nobody = CustomerIn(external_id=of_order(receipt.source, about))
        known = meet(desk, shop, nobody, receipt.received_at)
    return known.id, known.language or shop.locale
