"""One running promise: started, perhaps paused, and in the end met or breached."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import Calendar, add_working, working_between
from chalicelib.domain.sla.policies import ClockName

ClockState = Literal["running", "paused", "met", "breached"]


class Clock(Struct, frozen=True, kw_only=True, array_like=True):
    """`used`: working seconds spent before `since`, the moment the clock last began to run."""

    name: ClockName
    state: ClockState
    target: float
    calendar: str
    started_at: Instant
    due_at: Instant | None
    stopped_at: Instant | None = None
    since: Instant = 0
    used: float = 0

    @property
    def owed(self) -> bool:
        """Somebody still waits: the clock runs, or broke and was not answered since."""
        return self.stopped_at is None and self.state in ("running", "breached")

    def overdue(self, now: Instant) -> bool:
        """Its promise is broken at `now` and nobody has written that down yet."""
        return self.state == "running" and self.due_at is not None and self.due_at <= now


def start(name: ClockName, target: float, calendar: Calendar, at: Instant) -> Clock:
    """A clock that begins to run at `at`, with `target` seconds of this calendar's time."""
    due_at = add_working(calendar, at, target)
    return Clock(
        name=name, state="running", target=target, calendar=calendar.name, started_at=at, due_at=due_at, since=at
    )


def stop(clock: Clock, at: Instant) -> Clock:
    """The promise is kept at `at`, or was broken before; a stopped clock stays as it is."""
    if clock.stopped_at is not None:
        return clock
    late = clock.state == "breached" or (clock.due_at is not None and clock.due_at < at)
    return replace(clock, state="breached" if late else "met", stopped_at=at)


def pause(clock: Clock, calendar: Calendar, at: Instant) -> Clock:
    """Stop counting at `at`, unless its time was up before: that breach is still to be written down."""
    if clock.state != "running" or (clock.due_at is not None and clock.due_at < at):
        return clock
    used = clock.used + working_between(calendar, clock.since, at)
    return replace(clock, state="paused", used=used, due_at=None)


def resume(clock: Clock, calendar: Calendar, at: Instant) -> Clock:
    """Go on counting at `at` with the working time that was left."""
    if clock.state != "paused":
        return clock
    due_at = add_working(calendar, at, clock.target - clock.used)
    return replace(clock, state="running", since=at, due_at=due_at)


def breach(clock: Clock) -> Clock:
    """Write down that its promise was broken."""
    return replace(clock, state="breached") if clock.state == "running" else clock
