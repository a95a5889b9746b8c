"""The port for sending timers to their queues. Instants are in milliseconds."""

from typing import Protocol

from chalicelib.domain.kernel.timestamps import Instant


class TimerStore(Protocol):
    """The timers in the table, and the queues of their workers."""

    def swept_to(self) -> Instant | None:
        """The instant up to which all timers were sent to their queues; None before the first time."""

    def note_swept(self, to: Instant) -> None:
        """Save how far timers were sent."""

    def hand_over(self, start: Instant, end: Instant, now: Instant) -> int:
        """Send the timers that are due from `start` until before `end` to their queues, each delayed until it is due;
        how many there were. `start` and `end` are whole minutes. A timer that is sent twice does nothing the second
        time."""
