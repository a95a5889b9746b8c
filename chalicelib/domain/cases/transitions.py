"""The changes that facts make of a case: clocks start, pause and stop, its status moves, its flow gets deadlines."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from chalicelib.domain.sla import clocks
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import ClockName

TOLD_AT_ONCE = 5 * MINUTE_MS
"""A word that came before its case was told as history is live when it was told this soon after it was said."""
LONG_AFTER = HOUR_MS
"""An import tells a case and its words together: what is told so long after the case is no part of it, unless ..."""
CLOCK_OFF = DAY_MS
"""... it says that it was said longer ago than any clock is off."""


def start_clock(case: Case, name: ClockName, at: Instant, rules: Rules, seconds: float | None = None) -> Case:
    """The case with a clock that starts now: by its policy's rule, or with so many seconds of its own."""
    rule = rules.policy.rule_for(name, case.traits)
    if case.historical or rule is None:
        return case
    calendar = rules.calendar if rule.calendar == "business" and seconds is None else ALWAYS
    clock = clocks.start(name, seconds or rule.target_seconds, calendar, at)
    return replace(case, clocks=(*(other for other in case.clocks if other.name != name), clock))


def change_clocks(case: Case, change: Callable[[Clock], Clock]) -> Case:
    """The case with each of its clocks changed."""
    return replace(case, clocks=tuple(change(clock) for clock in case.clocks))


def reopen(case: Case, at: Instant, rules: Rules) -> Case:
    """The case open again, its resolution promised anew."""
    case = replace(case, status="open", resolved_at=None, closed_at=None, reopened=case.reopened + 1)
    case = replace(case, ownership=replace(case.ownership, resolved_for=None))
    return start_clock(case, "resolution", at, rules)


def is_live(case: Case, event: Event) -> bool:
    """Whether something was said now, and is not told as history: it happened after its case was told, or was told
    before that, at once, or long after that by a clock that is behind."""
    if not case.historical:
        return True
    if event.heard_at is None:
        return False
    if case.history_until is not None and event.heard_at >= case.history_until:
        return event.at >= case.history_until or is_backdated(case, event)
    return event.heard_at - event.at <= TOLD_AT_ONCE


def is_backdated(case: Case, event: Event) -> bool:
    """Whether a word on a case of history is live though it claims to be older than the telling of it."""
    told, heard = case.history_until, event.heard_at
    if told is None or heard is None or event.at >= told:
        return False
    return heard - told > LONG_AFTER and heard - event.at <= CLOCK_OFF


def activate(case: Case, at: Instant, rules: Rules) -> Case:
    """A case that was told as history and is worked on from now: its promises begin here."""
    case = replace(case, historical=False)
    return case if case.done else to_status(start_clock(case, "resolution", at, rules), case.status, at, rules)


def start_reply_clock(case: Case, at: Instant, rules: Rules) -> Case:
    """The case after its customer wrote: somebody owes a reply, if nobody did. Until the first one it is that which is
    owed; then the next, where the policy promises one."""
    if any(clock.owed for clock in case.clocks if clock.name != "resolution"):
        return case
    first = case.first_reply_at is None and case.clock("first_reply") is None
    return start_clock(case, "first_reply" if first else "next_reply", at, rules)


def to_status(case: Case, status: Status, at: Instant, rules: Rules) -> Case:
    """The case in that status: its clocks pause while the customer is waited for, but for the first reply's."""

    def tick(clock: Clock) -> Clock:
        if clock.name == "first_reply":
            return clock
        turn = clocks.pause if status == "waiting_customer" else clocks.resume
        return turn(clock, rules.calendar_of(clock.calendar), at)

    return replace(change_clocks(case, tick), status=status)
