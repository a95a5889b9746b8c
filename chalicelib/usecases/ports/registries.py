"""What use cases know of the registries: the tables that the capabilities fill."""

from typing import Protocol

from chalicelib.domain.cases.timer_source import TimerSource


class Registries(Protocol):
    """The tables of all capabilities, put together in `chalicelib/registries.py`."""

    @property
    def timers(self) -> tuple[TimerSource, ...]:
        """What time does to a case, the most urgent first."""
