"""The clock of one service level target: started, perhaps paused, and in the end met or breached."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import Calendar, add_working, working_between
from chalicelib.domain.sla.policies import ClockName

ClockState = Literal["running", "paused", "met", "breached"]


class Clock(Struct, frozen=True, kw_only=True, array_like=True):
    """A clock of a case. `target`: seconds; `used`: the seconds that passed before `since`, the moment the clock last
    began to run."""

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
        """Whether the customer still waits: the clock runs, or is breached and nobody has answered since."""
        return self.stopped_at is None and self.state in ("running", "breached")

    def overdue(self, now: Instant) -> bool:
        """Whether the target is missed at `now` and the breach is not recorded yet."""
        return self.state == "running" and self.due_at is not None and self.due_at <= now


def start(name: ClockName, target: float, calendar: Calendar, started_at: Instant) -> Clock:
    """A clock that starts now, with `target` seconds of the calendar's working time."""
    due_at = add_working(calendar, started_at, target)
    return Clock(
        name=name,
        state="running",
        target=target,
        calendar=calendar.name,
        started_at=started_at,
        due_at=due_at,
        since=started_at,
    )


def stop(clock: Clock, stopped_at: Instant) -> Clock:
    """The clock after the target was met, or missed before; a stopped clock stays as it is."""
    if clock.stopped_at is not None:
        return clock
    late = clock.state == "breached" or (clock.due_at is not None and clock.due_at < stopped_at)
    return replace(clock, state="breached" if late else "met", stopped_at=stopped_at)


def pause(clock: Clock, calendar: Calendar, paused_at: Instant) -> Clock:
    """The clock after it was paused; unchanged if it was due before, since that breach is still to be recorded."""
    if clock.state != "running" or (clock.due_at is not None and clock.due_at < paused_at):
        return clock
    used = clock.used + working_between(calendar, clock.since, paused_at)
    return replace(clock, state="paused", used=used, due_at=None)


def resume(clock: Clock, calendar: Calendar, resumed_at: Instant) -> Clock:
    """The clock after it was resumed with the working time that was left."""
    if clock.state != "paused":
        return clock
    due_at = add_working(calendar, resumed_at, clock.target - clock.used)
    return replace(clock, state="running", since=resumed_at, due_at=due_at)


def breach(clock: Clock) -> Clock:
    """The clock after its breach was recorded."""
    return replace(clock, state="breached") if clock.state == "running" else clock
