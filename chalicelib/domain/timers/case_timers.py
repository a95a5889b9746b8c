"""The timers of any case: service levels are breached, unanswered cases are escalated, resolved cases are closed."""

from typing import NamedTuple

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import STILL_UNANSWERED, CaseClosed, CaseEscalated, ClockBreached
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.sla.calendars import add_working
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.timers.timer_source import TimerSource


def next_breach_at(case: Case, rules: Rules) -> Instant | None:
    """When the next running clock of the case is overdue."""
    return min((clock.due_at for clock in case.clocks if clock.state == "running" and clock.due_at), default=None)


def breach_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The breach of the clock that was due first, with an escalation unless the case is at the highest tier."""
    overdue = [clock for clock in case.clocks if clock.overdue(now)]
    if not overdue:
        return []
    clock = min(overdue, key=lambda clock: clock.due_at or 0)
    breach = ClockBreached(
        clock=clock.name, started_at=clock.started_at, due_at=clock.due_at or clock.started_at, target=clock.target
    )
    return [breach] if case.tier >= TOP_TIER else [breach, _escalated(case, clock, f"{clock.name} not kept")]


def next_escalation_at(case: Case, rules: Rules) -> Instant | None:
    """When an unanswered case is escalated once more."""
    escalation = _next_escalation(case, rules)
    return escalation.due_at if escalation else None


def escalation_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The escalation of a case that was not answered within the delay that the policy has for its tier."""
    escalation = _next_escalation(case, rules)
    if escalation is None or escalation.due_at > now:
        return []
    return [_escalated(case, escalation.clock, STILL_UNANSWERED)]


def auto_close_at(case: Case, rules: Rules) -> Instant | None:
    """When a resolved case is closed because the customer has not written for `auto_close_days`."""
    if case.status != "resolved" or case.resolved_at is None:
        return None
    return case.resolved_at + round(rules.policy.auto_close_days * DAY_MS)


def auto_close_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The closing of a resolved case whose `auto_close_days` are over."""
    close_at = auto_close_at(case, rules)
    if close_at is None or close_at > now:
        return []
    return [CaseClosed(reason=f"no word for {rules.policy.auto_close_days:g} days", resolved_at=case.resolved_at)]


class _Escalation(NamedTuple):
    due_at: Instant
    clock: Clock


def _escalated(case: Case, clock: Clock, reason: str) -> CaseEscalated:
    return CaseEscalated(
        from_tier=case.tier, to_tier=case.tier + 1, reason=reason, clock=clock.name, started_at=clock.started_at
    )


def _next_escalation(case: Case, rules: Rules) -> _Escalation | None:
    """The next escalation of an unanswered case, and the breached clock that causes it; of several, the first.

    There is one only while a clock is breached, no agent has replied since the last escalation, and the case does not
    wait for the customer. The delay runs in the working hours of the clock's calendar.
    """
    breached = [clock for clock in case.clocks if clock.state == "breached" and clock.owed]
    if not 1 <= case.tier < TOP_TIER or case.escalated_at is None or not breached:
        return None
    if case.status == "waiting_customer" or (case.replied_at or 0) > case.escalated_at:
        return None
    escalated_at = case.escalated_at
    delay = rules.policy.escalation.tier_delays_seconds[case.tier - 1]
    escalations = (
        _Escalation(add_working(rules.calendar_of(clock.calendar), escalated_at, delay), clock) for clock in breached
    )
    return min(escalations, key=lambda escalation: escalation.due_at)


PROMISES = (
    TimerSource("a clock is breached", next_breach_at, breach_due),
    TimerSource("an unanswered case is escalated", next_escalation_at, escalation_due),
)
"""The most urgent timers: those of the service levels that customers were promised."""
CLOSING = (TimerSource("a resolved case is closed", auto_close_at, auto_close_due),)
"""The least urgent timer: nobody waits for it."""
