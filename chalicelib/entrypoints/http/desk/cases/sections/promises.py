"""The promises to the customer: every clock, and what happens next by itself."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import ALWAYS_NAME
from chalicelib.entrypoints.http.desk.spans import in_units

if TYPE_CHECKING:
    from chalicelib.domain.sla.clocks import Clock
    from chalicelib.entrypoints.http.desk.words import Words


class Promise(Struct, frozen=True, kw_only=True):
    """A clock as the page shows it. `tone`: `late`, `soon`, `good` or nothing; `target`: the time that was
    promised, in words."""

    name: str
    state: str
    tone: str
    target: str
    due_at: Instant | None
    stopped_at: Instant | None
    is_paused: bool
    is_owed: bool


class Next(Struct, frozen=True):
    """What happens by itself, and when."""

    text: str
    at: Instant


class Promises(Struct, frozen=True):
    """All clocks, the one that breaks first on top; and what comes next, the soonest first."""

    clocks: list[Promise]
    coming: list[Next]


TONES = {"met": "good", "breached": "late", "paused": "", "running": ""}


def promises_of(words: "Words", case: Case, is_past: bool) -> Promises:
    """The promises of a case. In the past nothing comes next: it has come."""
    clocks = sorted(case.clocks, key=lambda clock: (not clock.owed, clock.due_at or 0))
    return Promises(
        [_promise(words, clock) for clock in clocks], [] if is_past or case.historical else _coming(words, case)
    )


def _promise(words: "Words", clock: "Clock") -> Promise:
    return Promise(
        name=words.named("clock", clock.name),
        state=words.named("clock_state", clock.state),
        tone=TONES[clock.state],
        target=_target(words, clock),
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        is_paused=clock.state == "paused",
        is_owed=clock.owed,
    )


def _target(words: "Words", clock: "Clock") -> str:
    """The time that was promised, as the policy says it: a day of working time is no day of all time."""
    is_always = clock.calendar == ALWAYS_NAME
    number, unit = in_units(clock.target, "always" if is_always else "business")
    name = clock.calendar.partition("@")[0]
    phrase = "promises.always" if is_always else "promises.calendar"
    unit_name = words.named("unit_one" if number == "1" else "unit", unit)
    return words.say(phrase, number=number, unit=unit_name, name=name)


def _coming(words: "Words", case: Case) -> list[Next]:
    from chalicelib.usecases.ports.shop_rules import rules_of

    rules = rules_of(services(), case.shop, case.policy, case.calendar)
    times = [(source.name, source.next_at(case, rules)) for source in services().registries.timers]
    coming = [Next(words.named("next", name), due_at) for name, due_at in times if due_at is not None]
    return sorted(coming, key=lambda each: each.at)
