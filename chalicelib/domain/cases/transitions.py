"""Changes of a case that several facts cause: clocks start, pause and stop, and the status changes."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from chalicelib.domain.sla import clocks
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import ClockName, Rule

LIVE_DELAY_MS = 5 * MINUTE_MS
"""A message that came before its imported case is live if it was received this soon after it was written."""
IMPORT_DURATION_MS = HOUR_MS
"""An import sends a case and its messages together. A message that comes this long after the case is no part of the
import, unless it is older than `MAX_CLOCK_ERROR_MS`."""
MAX_CLOCK_ERROR_MS = DAY_MS
"""A sender's clock is never wrong by more than this."""

REOPEN_WINDOW_MS = 7 * DAY_MS


def comes_after_closing(case: Case, written_at: Instant) -> bool:
    """Whether a message at this time comes too long after the case was closed to reopen it."""
    return case.closed_at is not None and written_at > case.closed_at + REOPEN_WINDOW_MS


def start_clock(case: Case, name: ClockName, started_at: Instant, rules: Rules) -> Case:
    """The case with a new clock, with the target of the policy's rule; unchanged if no rule applies."""
    return start_clocks(case, {name: None}, started_at, rules)


def start_clocks(case: Case, targets: Mapping[ClockName, float | None], started_at: Instant, rules: Rules) -> Case:
    """The case with new clocks by name, each with its target in seconds, or the target of the policy's rule if it is
    None. A clock to which no rule applies does not start."""
    if case.historical:
        return case
    traits = case.traits
    rules_found = [(rules.policy.rule_for(name, traits), target) for name, target in targets.items()]
    started = [_new_clock(rule, target, started_at, rules) for rule, target in rules_found if rule is not None]
    names = [clock.name for clock in started]
    return replace(case, clocks=(*(clock for clock in case.clocks if clock.name not in names), *started))


def _new_clock(rule: Rule, target: float | None, started_at: Instant, rules: Rules) -> Clock:
    calendar = rules.calendar if rule.calendar == "business" and target is None else ALWAYS
    return clocks.start(rule.clock, target or rule.target_seconds, calendar, started_at)


def change_clocks(case: Case, change: Callable[[Clock], Clock]) -> Case:
    """The case with each of its clocks changed."""
    return replace(case, clocks=tuple(change(clock) for clock in case.clocks))


def reopen(case: Case, reopened_at: Instant, rules: Rules) -> Case:
    """The case open again, with a new clock for its resolution."""
    case = replace(case, status="open", resolved_at=None, closed_at=None, reopened=case.reopened + 1)
    case = replace(case, ownership=replace(case.ownership, resolved_for=None))
    return start_clock(case, "resolution", reopened_at, rules)


def await_reply(case: Case, written_at: Instant, rules: Rules, waiting_since: Instant | None = None) -> Case:
    """The case after its customer wrote: a reply is due, and it is open again. `waiting_since`: when they wrote, if
    they wait for longer already."""
    if case.done:
        case = reopen(case, written_at, rules)
    elif case.status == "waiting_customer":
        case = change_status(case, "open", written_at, rules)
    return start_reply_clock(case, written_at if waiting_since is None else waiting_since, rules)


def rest(case: Case, rested_at: Instant, rules: Rules) -> Case:
    """The case with no clock running: what was missed by now stays missed, everything else is neither kept nor
    missed."""

    def rest_one(clock: Clock) -> Clock:
        if clock.state == "breached" or clock.overdue(rested_at):
            return clocks.stop(clock, rested_at)
        return clocks.pause(clock, rules.calendar_of(clock.calendar), rested_at)

    return change_clocks(case, rest_one)


def is_live(case: Case, event: Event) -> bool:
    """Whether an event happens now and is no part of an import. For an imported case: it happened after the import; or
    it was received before the import, soon after it happened; or it came long after the import from a sender whose
    clock is wrong."""
    if not case.historical:
        return True
    if event.heard_at is None:
        return False
    if case.history_until is not None and event.heard_at >= case.history_until:
        return event.at >= case.history_until or is_backdated(case, event)
    return event.heard_at - event.at <= LIVE_DELAY_MS


def is_backdated(case: Case, event: Event) -> bool:
    """Whether a message on an imported case is live although it claims to be older than the import."""
    imported_at, received_at = case.history_until, event.heard_at
    if imported_at is None or received_at is None or event.at >= imported_at:
        return False
    return received_at - imported_at > IMPORT_DURATION_MS and received_at - event.at <= MAX_CLOCK_ERROR_MS


def activate(case: Case, activated_at: Instant, rules: Rules) -> Case:
    """An imported case as a live one: unless it is done, the clock of its resolution starts."""
    case = replace(case, historical=False)
    if case.done:
        return case
    case = start_clock(case, "resolution", activated_at, rules)
    return change_status(case, case.status, activated_at, rules)


def start_reply_clock(case: Case, written_at: Instant, rules: Rules) -> Case:
    """The case after its customer wrote, with a clock for the reply unless one runs already: that of the first reply,
    or later that of the next reply if the policy has a target for it."""
    if any(clock.owed for clock in case.clocks if clock.name != "resolution"):
        return case
    first = case.first_reply_at is None and case.clock("first_reply") is None
    return start_clock(case, "first_reply" if first else "next_reply", written_at, rules)


def change_status(case: Case, status: Status, changed_at: Instant, rules: Rules) -> Case:
    """The case in another status. While it waits for the customer its clocks pause, except that of the first reply."""

    def pause_or_resume(clock: Clock) -> Clock:
        if clock.name == "first_reply":
            return clock
        change = clocks.pause if status == "waiting_customer" else clocks.resume
        return change(clock, rules.calendar_of(clock.calendar), changed_at)

    return replace(change_clocks(case, pause_or_resume), status=status)
