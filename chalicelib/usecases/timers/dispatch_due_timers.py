"""Send the timers of the coming minutes to their queues, from where the last run ended."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.ports.cases import Clock, TimerStore

AHEAD_MS = 10 * MINUTE_MS
INTERVAL_MS = 5 * MINUTE_MS
BUDGET_MS = 3 * MINUTE_MS
"""For how long a run begins with further minutes, in milliseconds; its function is stopped after four minutes."""


class SweepResult(Struct, frozen=True):
    """The result of a run: how many timers were sent, and for how many seconds none had been sent before."""

    timers: int
    gap_seconds: float


def dispatch_due_timers(timers: TimerStore, clock: Clock) -> SweepResult:
    """Send all timers that are due within ten minutes and were not sent before, minute by minute.

    Progress is saved after each minute, so the next run continues one that failed or found too much to do.
    """
    now = clock()
    end = (now + AHEAD_MS) // MINUTE_MS * MINUTE_MS
    swept_to = timers.swept_to()
    start = now // MINUTE_MS * MINUTE_MS - INTERVAL_MS if swept_to is None else swept_to
    sent = 0
    position = start
    while position < end and clock() < now + BUDGET_MS:
        sent += timers.hand_over(position, position + MINUTE_MS)
        position += MINUTE_MS
        timers.note_swept(position)
    return SweepResult(sent, max(0.0, (now - start) / 1000))
