"""What use cases know of the registries: the tables that the capabilities fill."""

from typing import Protocol

from chalicelib.domain.cases.timer_source import TimerSource
from chalicelib.usecases.ports.follow_ups import FollowUp


class Registries(Protocol):
    """The tables of all capabilities, put together in `chalicelib/registries.py`."""

    @property
    def timers(self) -> tuple[TimerSource, ...]:
        """What time does to a case, the most urgent first."""

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What follows from events, in the order in which a queue's worker does it."""
