"""What a timer is, and what a capability says of its own: when time will do something to a case, and what it does."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

TimerKind = Literal["clock", "survey", "orphan", "delivery", "shift"]


class Timer(Struct, frozen=True, order=True):
    """The next moment a case, a delivery or an agent's shift wants to be looked at, and by which worker."""

    at: Instant
    kind: TimerKind


class TimerSource(Struct, frozen=True):
    """One thing that time does to a case.

    `next_at` gives the moment (in ms) at which it will happen if nobody acts, or None; `due` the facts to be written
    down once that moment has passed, or none. Both are asked of live cases only, and must agree: what is due at `now`
    had a `next_at` of at most `now`. `kind` is the worker that the timer wakes.
    """

    name: str
    next_at: Callable[[Case, Rules], Instant | None]
    due: Callable[[Case, Rules, Instant], list[Fact]]
    kind: Literal["clock", "survey"] = "clock"
