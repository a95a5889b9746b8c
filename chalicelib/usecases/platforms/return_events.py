"""Append to a return's case what the platform says happened to the return: once, however many webhooks say it."""

from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.platforms.events import MOVES, PlatformReturn
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services

SHOP = Actor("shop")


class ReturnCase(Struct, frozen=True):
    """The case of a return, by its key, and the receipt of what is said of it."""

    shop: Shop
    key: str
    receipt: Receipt

    def at_once(self, services: Services) -> "ReturnCase":
        """The same with what was fetched just now: it is so now, whatever the platform sent and when."""
        return replace(self, receipt=replace(self.receipt, sent_at=None, received_at=services.now()))


class Happened(Struct, frozen=True, kw_only=True):
    """What happened to a return. `identity` is what it is known again by. `later`: so many facts of the same time were
    appended before."""

    facts: list[Fact]
    identity: tuple[str, ...]
    by: Actor = SHOP
    later: int = 0


def state_reached(data: PlatformReturn, *identity: str, later: int = 0) -> Happened:
    """The moves of the flow that follow from the state the platform gives the return."""
    by = Actor("customer") if data.state == "cancelled" else SHOP
    moves: list[Fact] = [FlowMoved(move=move, reason=data.reason) for move in MOVES[data.state]]
    return Happened(facts=moves, identity=(data.state, *identity), by=by, later=later)


def append_to_return(services: Services, about: ReturnCase, happened: Happened) -> str | None:
    """The id of the case with what happened: at the time the platform says, or else behind all that is known."""
    after = append_events(services, about.shop, about.key, partial(_decide, services, about.receipt, happened))
    return after.case.id if after.case else None


def _decide(services: Services, receipt: Receipt, happened: Happened, stored: StoredCase) -> list[Event]:
    if receipt.sent_at:
        at = receipt.sent_at + happened.later
    else:
        at = max(receipt.received_at, events.time_of_order(stored.last) + 1)
    known = {key_of_id(event.id) for event in services.cases.events(stored.key)}
    made = []
    for place, fact in enumerate(happened.facts):
        part = (str(place),) if place else ()
        identity = (stored.key, receipt.source, *happened.identity, *part)
        made.append(events.event(at + place, happened.by, fact, *identity, receipt=receipt.id))
    return [event for event in made if key_of_id(event.id) not in known]


def occasion(services: Services, about: ReturnCase, data: PlatformReturn) -> tuple[str, ...]:
    """Which time of several a return was closed, or opened again: by when the platform says it was, or else by how
    often the other came before."""
    if data.state not in ("reopened", "closed"):
        return ()
    receipt = about.receipt
    if receipt.sent_at:
        return (str(receipt.sent_at),)
    moved = [event for event in services.cases.events(about.key) if isinstance(event.fact, FlowMoved)]
    moves = [(event.fact.move, event.receipt) for event in moved if isinstance(event.fact, FlowMoved)]
    own = next((at for at, (move, by) in enumerate(moves) if (move,) == MOVES[data.state] and by == receipt.id), None)
    other = MOVES["reopened" if data.state == "closed" else "closed"]
    before = sum((move,) == other for move, _ in moves[:own])
    return (str(before),) if before else ()


def was_closed_there(services: Services, key: str) -> bool:
    """Whether the platform had the last word on the flow when it ended."""
    moves = [event.fact.move for event in services.cases.events(key) if isinstance(event.fact, FlowMoved)]
    return bool(moves) and moves[-1] == "close"
