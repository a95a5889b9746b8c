"""Append platform events to the case of a return: each only once, however many webhooks report it."""

from functools import partial
from typing import TYPE_CHECKING

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
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class ReturnEventsServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `return_events` uses."""


SHOP = Actor("shop")


class ReturnCase(Struct, frozen=True):
    """The case of a return, by its key, and the receipt of the event."""

    shop: Shop
    key: str
    receipt: Receipt

    def as_of_now(self, services: "ReturnEventsServices") -> "ReturnCase":
        """The same for data that was just fetched: it is valid now, whenever the platform sent the event."""
        return replace(self, receipt=replace(self.receipt, sent_at=None, received_at=services.now()))


class ReturnFacts(Struct, frozen=True, kw_only=True):
    """Facts to append to the case of a return. `identity`: the same facts have the same identity, so that they are
    appended once. `offset_ms`: added to the time of the event, for facts that follow others of the same event."""

    facts: list[Fact]
    identity: tuple[str, ...]
    by: Actor = SHOP
    offset_ms: int = 0


def facts_of_state(data: PlatformReturn, *identity: str, offset_ms: int = 0) -> ReturnFacts:
    """The moves of the flow that follow from the platform's state of the return."""
    by = Actor("customer") if data.state == "cancelled" else SHOP
    moves: list[Fact] = [FlowMoved(move=move, reason=data.reason) for move in MOVES[data.state]]
    return ReturnFacts(facts=moves, identity=(data.state, *identity), by=by, offset_ms=offset_ms)


def append_to_return(services: "ReturnEventsServices", about: ReturnCase, update: ReturnFacts) -> str | None:
    """Append the facts at the time that the platform gives, or else after all events of the case. Returns the id of the
    case; None if it is not open."""
    after = append_events(services, about.shop, about.key, partial(_new_events, services, about.receipt, update))
    return after.case.id if after.case else None


def _new_events(
    services: "ReturnEventsServices", receipt: Receipt, update: ReturnFacts, stored: StoredCase
) -> list[Event]:
    if receipt.sent_at:
        occurred_at = receipt.sent_at + update.offset_ms
    else:
        occurred_at = max(receipt.received_at, events.time_of_order(stored.last) + 1)
    known_keys = {key_of_id(event.id) for event in services.cases.events_to_fold(stored)}
    made = []
    for index, fact in enumerate(update.facts):
        part = (str(index),) if index else ()
        identity = (stored.key, receipt.source, *update.identity, *part)
        made.append(events.event(occurred_at + index, update.by, fact, *identity, receipt=receipt.id))
    return [event for event in made if key_of_id(event.id) not in known_keys]


def repetition(services: "ReturnEventsServices", about: ReturnCase, data: PlatformReturn) -> tuple[str, ...]:
    """An identity for each time that a return is closed or reopened, which may happen several times: the time that the
    platform gives, or else how often the opposite move happened before."""
    if data.state not in ("reopened", "closed"):
        return ()
    receipt = about.receipt
    if receipt.sent_at:
        return (str(receipt.sent_at),)
    moves = _moves(services, about.key)
    is_own = ((move,) == MOVES[data.state] and source == receipt.id for move, source in moves)
    own_index = next((index for index, own in enumerate(is_own) if own), None)
    opposite = MOVES["reopened" if data.state == "closed" else "closed"]
    before = sum((move,) == opposite for move, _ in moves[:own_index])
    return (str(before),) if before else ()


def was_closed_by_platform(services: "ReturnEventsServices", key: str) -> bool:
    """Whether the last move of the flow was that the platform closed it."""
    moves = _moves(services, key)
    return bool(moves) and moves[-1][0] == "close"


def _moves(services: "ReturnEventsServices", key: str) -> list[tuple[str, str | None]]:
    """The moves of the flow, each with the receipt it came from."""
    case_events = services.cases.events_to_fold(services.cases.load(key))
    return [(event.fact.move, event.receipt) for event in case_events if isinstance(event.fact, FlowMoved)]
