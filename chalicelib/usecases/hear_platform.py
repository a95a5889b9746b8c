"""Act on what a platform tells: returns become cases whose flows it moves on, disputes become complaints."""

from chalicelib.domain import events
from chalicelib.domain.events import SYSTEM, Actor, AnyFact, Event
from chalicelib.domain.facts import NoteAdded
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, TaskOpened
from chalicelib.domain.flows.tasks import of_dispute
from chalicelib.domain.hooks import News
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.inputs import FAR
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_inputs import CustomerIn
from chalicelib.domain.orders import Order
from chalicelib.domain.platforms.told import (
    MOVES,
    PLATFORM_NAMES,
    DisputeTold,
    PersonTold,
    PlatformTold,
    ReturnTold,
    claim_of,
)
from chalicelib.domain.sales import Sale
from chalicelib.domain.shops import Shop
from chalicelib.domain.vocabulary import CaseType, Priority
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.follow_up import adopt_orphans
from chalicelib.usecases.keep_order import keep_order
from chalicelib.usecases.meet_customer import meet, of_order
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
        meet(desk, shop, data.customer, min(data.at or receipt.received_at, receipt.received_at))
    return None


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
    remarks = "\n".join(dict.fromkeys(one.remark for one in lines if one.remark))
    _remark(desk, shop, case_key(shop.id, external_id), receipt, remarks)
    _open(desk, shop, receipt, external_id, "return", subject, notes, order, sale, claim=claim_of(lines, order))


def _remark(desk: Desk, shop: Shop, key: str, receipt: Receipt, remark: str) -> None:
    """Note for staff what the platform says of a return beside the customer's words: before the case is opened, for
    what opened it is not carried out again."""

    def decide(_: Stored) -> list[Event]:
        made = _event(receipt.received_at, Actor("shop"), NoteAdded(message=remark), key, "remark", receipt)
        known = {key_in(event.id) for event in desk.cases.events(key)}
        return [] if key_in(made.id) in known else [made]

    if remark:
        record(desk, shop, key, decide)


def _sale(desk: Desk, shop: Shop, order: str, receipt: Receipt) -> Sale | None:
    """The order, asked of the platform where it told too little of it."""
    sale = desk.sales.load(shop.id, order)
    if sale is not None and sale.customer is not None and sale.order.items:
        return sale
    assert receipt.source != "mail"
    asked = desk.platforms.order(shop.id, receipt.source, order)
    return keep_order(desk, shop, asked, desk.now()) if asked else sale


def _dispute(desk: Desk, shop: Shop, told: DisputeTold, receipt: Receipt, external_id: str) -> str | None:
    sale = _sale(desk, shop, told.order, receipt) if told.order else None
    order = sale.order if sale else Order(told.order) if told.order else None
    what = f"{told.kind}: {told.reason}, {told.amount.amount} {told.amount.currency}"
    subject = f"{PLATFORM_NAMES[receipt.source]} {what}"
    stored = _open(desk, shop, receipt, external_id, "complaint", subject, "", order, sale, priority="urgent")
    key = stored.key

    def decide(stored: Stored) -> list[Event]:
        task = new_id(receipt.received_at, key_of("task", key, "dispute"))
        due_by = told.due_by if told.due_by is not None and told.due_by <= FAR else None
        department, title, due_at = of_dispute(receipt.received_at, due_by, what)
        fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
        known = stored.case is not None and any(key_in(one.id) == key_in(task) for one in stored.case.tasks)
        return [] if known else [events.event(receipt.received_at, SYSTEM, fact, key, "dispute task")]

    record(desk, shop, key, decide)
    return stored.case.id if stored.case else None


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
