"""Send the timers of the coming minutes to their queues, from where the last run ended."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.usecases.ports.cases import TimerStore

AHEAD_MS = 10 * MINUTE_MS
INTERVAL_MS = 5 * MINUTE_MS
SLICE_MS = 15 * MINUTE_MS  # progress is saved after each slice, so that the next run continues an interrupted one


class SweepResult(Struct, frozen=True):
    """The result of a run: how many timers were sent, and for how many seconds none had been sent before."""

    timers: int
    gap_seconds: float


def dispatch_due_timers(timers: TimerStore, now: Instant) -> SweepResult:
    """Send all timers that are due within ten minutes and were not sent before."""
    end = (now + AHEAD_MS) // MINUTE_MS * MINUTE_MS
    swept_to = timers.swept_to()
    start = now // MINUTE_MS * MINUTE_MS - INTERVAL_MS if swept_to is None else swept_to
    sent = 0
    position = start
    while position < end:
        until = min(position + SLICE_MS, end)
        sent += timers.hand_over(position, until, now)
        timers.note_swept(until)
        position = until
    return SweepResult(sent, max(0.0, (now - start) / 1000))
