"""Send the timers of the coming minutes to their queues, from where the last sweep ended."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.usecases.ports.timers import TimerStore

AHEAD = 10 * MINUTE_MS
EVERY = 5 * MINUTE_MS
SLICE = 15 * MINUTE_MS  # handed over and noted at a time, so that a sweep that is cut short goes on where it was


class SweepResult(Struct, frozen=True):
    """What a sweep did. `gap_seconds`: for how long no timer had been sent."""

    timers: int
    gap_seconds: float


def dispatch_due_timers(timers: TimerStore, now: Instant) -> SweepResult:
    """Send all timers that are due before `now` plus ten minutes and were not sent before."""
    end = (now + AHEAD) // MINUTE_MS * MINUTE_MS
    start = timers.swept_to()
    start = now // MINUTE_MS * MINUTE_MS - EVERY if start is None else start
    handed, position = 0, start
    while position < end:
        until = min(position + SLICE, end)
        handed += timers.hand_over(position, until, now)
        timers.note_swept(until)
        position = until
    return SweepResult(handed, max(0.0, (now - start) / 1000))
