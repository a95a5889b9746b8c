"""Act on what a platform tells of returns: each is a case whose flow moves as it moves there."""

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted
from chalicelib.domain.flows.flow import FlowItem, Shipment
from chalicelib.domain.intake.webhooks import external_case_id
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.platforms.events import (
    MOVES,
    PLATFORM_NAMES,
    PlatformReturn,
    ReturnLine,
    ReturnShipped,
    claim_of,
    items_of,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.platforms.open_platform_case import open_platform_case, order_record_of, platform_source
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services

SHOP = Actor("shop")
UNASKED = "the platform changed it and was not asked what it is now: it cannot be, or does not know"


def handle_return(
    services: Services, shop: Shop, told: PlatformReturn, receipt: Receipt
) -> tuple[str | None, str | None]:
    """The id of the return's case after what was told of it, and why less followed of it than was told, if so.
    NotFound when nothing is known of it and the platform cannot be asked; `RetryLater` when it does not answer."""
    key = case_key(shop.id, external_case_id(receipt.source, told) or "")
    case, why, later = services.cases.load(key).case, None, 0
    if case is None:
        told = _known_of(services, shop, told, receipt)
        _open(services, shop, told, receipt)
    elif told.state == "changed":
        lines = services.platforms.return_lines(shop.id, platform_source(receipt), told.id)
        why = _change(services, shop, lines, receipt, case, key)
    elif told.state == "processed":
        asked = services.platforms.returned(shop.id, platform_source(receipt), told.id)
        told = asked if asked is not None and asked.state == "closed" else told
    elif told.exchange:
        later = _exchange(services, shop, receipt, case, key)
    when = _when(services, key, told, receipt) if told.state in ("reopened", "closed") else ()
    return _tell(services, shop, key, _moved(told), receipt, told.state, *when, by=_teller(told), later=later), why


def handle_fetched_return(services: Services, shop: Shop, told: PlatformReturn, receipt: Receipt) -> str | None:
    """The id of the return's case after it was asked for: it is so now, whatever was told of it and when."""
    now = replace(receipt, sent_at=None, received_at=services.now())
    key = case_key(shop.id, external_case_id(receipt.source, told) or "")
    case = services.cases.load(key).case
    if case is None or case.flow is None:
        return handle_return(services, shop, told, now)[0]
    _change(services, shop, told.lines or None, now, case, key)
    if told.exchange:
        _exchange(services, shop, now, case, key)
    if told.state == "approved" and case.flow.ended and _closed_there(services, key):
        told = replace(told, state="reopened")
    return _tell(services, shop, key, _moved(told), now, told.state, receipt.id, by=_teller(told))


def _closed_there(services: Services, key: str) -> bool:
    """Whether the platform had the last word on the flow when it ended."""
    moves = [event.fact.move for event in services.cases.events(key) if isinstance(event.fact, FlowMoved)]
    return bool(moves) and moves[-1] == "close"


def _when(services: Services, key: str, told: PlatformReturn, receipt: Receipt) -> tuple[str, ...]:
    """Which time of several a return was closed, or opened again: by when the platform says it was, or else by how
    often the other was heard before."""
    if receipt.sent_at:
        return (str(receipt.sent_at),)
    moves = [(one.fact.move, one.receipt) for one in services.cases.events(key) if isinstance(one.fact, FlowMoved)]
    own = next((at for at, (move, by) in enumerate(moves) if (move,) == MOVES[told.state] and by == receipt.id), None)
    other = MOVES["reopened" if told.state == "closed" else "closed"]
    before = sum((move,) == other for move, _ in moves[:own])
    return (str(before),) if before else ()


def _moved(told: PlatformReturn) -> list[Fact]:
    return [FlowMoved(move=one, reason=told.reason) for one in MOVES[told.state]]


def _teller(told: PlatformReturn) -> Actor:
    return Actor("customer") if told.state == "cancelled" else SHOP


def handle_return_shipped(services: Services, shop: Shop, told: ReturnShipped, receipt: Receipt) -> str | None:
    """The id of the case of the return whose parcel is on its way back."""
    key = case_key(shop.id, external_case_id(receipt.source, told) or "")
    if services.cases.load(key).case is None:
        handle_return(services, shop, PlatformReturn(id=told.returned, order=None, state="approved"), receipt)
    parcel = Shipment("back", receipt.sent_at or receipt.received_at, told.carrier, told.tracking)
    has_number = parcel.carrier is not None or parcel.tracking is not None
    fact = FlowMoved(move="scan", shipment=parcel if has_number else None)
    return _tell(services, shop, key, [fact], receipt, "sent back", told.id, told.tracking or "")


def _tell(
    services: Services,
    shop: Shop,
    key: str,
    facts: list[Fact],
    receipt: Receipt,
    *identity: str,
    by: Actor = SHOP,
    later: int = 0,
) -> str | None:
    """Write down what happened, once, however many webhooks tell it: at the time the platform says, or else behind all
    that is known. `later`: so many things of the same time were written before."""

    def decide(stored: StoredCase) -> list[Event]:
        at = receipt.sent_at + later if receipt.sent_at else max(receipt.received_at, events.time_in(stored.last) + 1)
        made = [
            events.event(at + place, by, fact, key, receipt.source, *identity, *_part(place), receipt=receipt.id)
            for place, fact in enumerate(facts)
        ]
        known = {key_of_id(event.id) for event in services.cases.events(key)}
        return [event for event in made if key_of_id(event.id) not in known]

    after = append_events(services, shop, key, decide)
    return after.case.id if after.case else None


def _part(place: int) -> tuple[str, ...]:
    return (str(place),) if place else ()


def _change(
    services: Services, shop: Shop, lines: tuple[ReturnLine, ...] | None, receipt: Receipt, case: Case, key: str
) -> str | None:
    """What goes back by now, asked anew: an update tells what was taken away, by ids nobody keeps. It is so now, not
    when the update was sent."""
    if lines is None:
        return UNASKED
    order = services.cases.opening([key])[key].order or Order("")
    sale = services.order_records.load(shop.id, order.external_id)
    items = items_of(lines, sale.order if sale and sale.order.items else order)
    if items and case.flow is not None and _counted(case.flow.items) != _counted(items):
        now = replace(receipt, sent_at=None, received_at=services.now())
        _tell(services, shop, key, [FlowMoved(move="change", items=items)], now, "changed", receipt.id)
    return None


def _exchange(services: Services, shop: Shop, receipt: Receipt, case: Case, key: str) -> int:
    """A return becomes an exchange when other things are to be sent for those that come back; how many facts say so."""
    flow = case.flow
    if flow is None or flow.kind != "return" or flow.state not in ("requested", "approved"):
        return 0
    claim = Claim(reason=flow.reason, items=flow.items, evidence=flow.evidence)
    facts: list[Fact] = [
        FlowMoved(move="close"),
        FlowStarted(kind="exchange", claim=claim, rulings=flow.rulings, bought=flow.bought),
    ]
    _tell(services, shop, key, facts, receipt, "exchange")
    return len(facts)


def _remark(services: Services, shop: Shop, key: str, receipt: Receipt, lines: tuple[ReturnLine, ...]) -> None:
    """Note for staff what the platform says of a return beside the customer's words: before the case is opened, for
    what opened it is not carried out again."""
    remarks = "\n".join(dict.fromkeys(one.remark for one in lines if one.remark))
    if remarks:
        now = replace(receipt, sent_at=None)
        _tell(services, shop, key, [NoteAdded(message=remarks)], now, "remark")


def _counted(items: tuple[FlowItem, ...]) -> dict[str, int]:
    return {one.sku: one.quantity for one in items}


def _known_of(services: Services, shop: Shop, told: PlatformReturn, receipt: Receipt) -> PlatformReturn:
    """The return, asked of the platform where nobody told of its order."""
    if told.order is not None:
        return told
    asked = services.platforms.returned(shop.id, platform_source(receipt), told.id)
    if asked is None:
        raise NotFound(f"Nobody told of return {told.id}; the platform cannot be asked for it, or does not know it.")
    return replace(asked, state="processed") if told.state == "processed" and asked.state == "approved" else asked


def _open(services: Services, shop: Shop, told: PlatformReturn, receipt: Receipt) -> None:
    order_id = told.order or ""
    sale, lines = order_record_of(services, shop, order_id, receipt), told.lines
    if not lines or (told.total is not None and told.total > len(lines)):
        lines = services.platforms.return_lines(shop.id, platform_source(receipt), told.id) or lines
    order = sale.order if sale else Order(order_id)
    notes = "\n".join(dict.fromkeys(one.note for one in lines if one.note))
    subject = f"{PLATFORM_NAMES[receipt.source]} {told.name or told.id}"
    _remark(services, shop, case_key(shop.id, external_case_id(receipt.source, told) or ""), receipt, lines)
    open_platform_case(
        services,
        shop,
        receipt,
        external_case_id(receipt.source, told) or "",
        "exchange" if told.exchange else "return",
        subject,
        notes,
        order,
        sale,
        claim=claim_of(lines, order),
    )
