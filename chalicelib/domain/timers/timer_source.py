"""What a timer is, and how a capability declares its own: when it is due on a case, and which facts it then adds."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

TimerKind = Literal["clock", "survey", "orphan", "delivery", "shift", "reply"]


class Timer(Struct, frozen=True, order=True):
    """When a case, a delivery or an agent's shift is to be looked at next, and by which worker (`kind`)."""

    at: Instant
    kind: TimerKind


class TimerSource(Struct, frozen=True):
    """Something that happens to a case when a time has come.

    `next_at` gives that time (in ms) if nobody acts before, or None. `due` gives the facts to append once that time has
    come, or none. Both are called for live cases only and must agree: if `due` gives facts at `now`, then `next_at`
    gave a time of at most `now`. `kind` is the worker that handles the timer.
    """

    name: str
    next_at: Callable[[Case, Rules], Instant | None]
    due: Callable[[Case, Rules, Instant], list[Fact]]
    kind: Literal["clock", "survey"] = "clock"
