"""The port for the registries: what capabilities have registered. `chalicelib/registries.py` has the tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.cases.fold import Reducers
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.timers.timer_source import TimerSource
from chalicelib.usecases.ports.follow_ups import FollowUp

if TYPE_CHECKING:
    from chalicelib.domain.cases.measure import Measure
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.usecases.ports.intake import IntakeTable
    from chalicelib.usecases.ports.metrics import RowSource


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
