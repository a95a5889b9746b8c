"""The port for the registries: what capabilities have registered. `chalicelib/registries.py` has the tables.

A follow-up is what a capability does after an event was stored. It runs from a queue, so it runs at least once.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import Reducers
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.timers.timer_source import TimerSource
from chalicelib.usecases.ports.cases import Change, StoredCase

if TYPE_CHECKING:
    from chalicelib.domain.cases.measure import Measure
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.usecases.ports.intake import IntakeTable
    from chalicelib.usecases.ports.metrics import RowSource
    from chalicelib.usecases.ports.services import Services


FollowUpQueue = Literal["notices", "intake", "deliveries", "routing", "search"]


QUEUES: tuple[FollowUpQueue, ...] = ("notices", "intake", "deliveries", "routing", "search")
"""The queues that events can be sent to, in the order in which an event's item names them."""


FollowUpOutcome = str | list[str] | None
"""The outcome of a follow-up, for the log: ids and plain words, nothing private. None if the event was not its own."""


class EventInCase:
    """A stored event, and its case as it is stored now. Each is read by its key, on first use."""

    def __init__(self, services: "Services", key: str, order: str) -> None:
        self.services = services
        self.key = key
        self.order = order

    @cached_property
    def stored(self) -> StoredCase:
        """The case as it is stored."""
        return self.services.cases.load(self.key)

    @property
    def case(self) -> Case | None:
        """The case; None while its opening has not come."""
        return self.stored.case

    @cached_property
    def event(self) -> Event | None:
        """The event itself; None if it was deleted because its case was never opened."""
        return next(iter(self.services.cases.events_at(self.key, [self.order])), None)


class FollowUp(Struct, frozen=True):
    """Something that is done after an event.

    `wants` decides whether an event is sent to the queue. It is called with the change that stores the event, and reads
    nothing but that. `handle` runs on the queue's worker, perhaps several times for an event. It is called for every
    event that any follow-up of its queue wanted, so it ignores events that are not its own.
    """

    name: str
    queue: FollowUpQueue
    wants: Callable[[Change, Event], bool]
    handle: Callable[["Services", EventInCase], FollowUpOutcome]


class Registries(Protocol):
    """The registries of all capabilities."""

    @property
    def reducers(self) -> Reducers:
        """How each fact changes a case."""

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """All facts that may happen to a case, by rank."""

    @property
    def timers(self) -> tuple[TimerSource, ...]:
        """The sources of timers, the most urgent first."""

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """The follow-ups of events, in the order in which a queue's worker runs them."""

    @property
    def intake(self) -> "IntakeTable":
        """The handlers of inbound messages, by the type of their data."""

    @property
    def webhook_types(self) -> "WebhookTypes":
        """The types of webhooks of the `standard` source, by name."""

    @property
    def measures(self) -> "tuple[Measure, ...]":
        """What the daily metrics count, of cases, order records and other sources."""

    @property
    def row_sources(self) -> "Mapping[str, RowSource]":
        """The sources of rows that come neither from cases nor from order records, by the name of their measure."""
