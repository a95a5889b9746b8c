"""Hand the alarms of the coming minutes to the queues, from where the last sweep ended."""

from typing import Protocol

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import MINUTE, Instant

AHEAD = 10 * MINUTE
EVERY = 5 * MINUTE
SLICE = 15 * MINUTE  # handed over and noted at a time, so that a sweep that is cut short goes on where it was


class Alarms(Protocol):
    """What the sweeper needs of the table and the queues."""

    def swept_to(self) -> Instant | None: ...
    def note_swept(self, to: Instant) -> None: ...
    def hand_over(self, start: Instant, end: Instant, now: Instant) -> int: ...


class Swept(Struct, frozen=True):
    """What a sweep did. `gap_seconds`: how long alarms had nobody looking after them."""

    alarms: int
    gap_seconds: float


def sweep(alarms: Alarms, now: Instant) -> Swept:
    """Hand over all alarms that ring before `now` plus ten minutes and were not handed over before."""
    end = (now + AHEAD) // MINUTE * MINUTE
    start = alarms.swept_to()
    start = now // MINUTE * MINUTE - EVERY if start is None else start
    handed, position = 0, start
    while position < end:
        until = min(position + SLICE, end)
        handed += alarms.hand_over(position, until, now)
        alarms.note_swept(until)
        position = until
    return Swept(handed, max(0.0, (now - start) / 1000))
