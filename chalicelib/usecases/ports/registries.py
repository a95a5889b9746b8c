"""What capabilities have registered, as the use cases read it. `chalicelib/registries.py` has the tables."""

from typing import Protocol

from chalicelib.domain.cases.reducer import Reducers
from chalicelib.domain.cases.timer_source import TimerSource
from chalicelib.domain.kernel.fact import Fact
from chalicelib.usecases.ports.follow_ups import FollowUp


class Registries(Protocol):
    """The registries of all capabilities."""

    @property
    def reducers(self) -> Reducers:
        """What each fact makes of a case."""

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Every fact that may happen to a case, by rank."""

    @property
    def timers(self) -> tuple[TimerSource, ...]:
        """What time does to a case, the most urgent first."""

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What follows from events, in the order in which a queue's worker does it."""
