"""What time does to any case: promises are broken, tiers climb, and what is resolved closes in silence."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseClosed, CaseEscalated, ClockBreached
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.sla.calendars import add_working
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.timers.timer_source import TimerSource


def next_breach_at(case: Case, rules: Rules) -> Instant | None:
    """When the next running clock breaks its promise."""
    return min((clock.due_at for clock in case.clocks if clock.state == "running" and clock.due_at), default=None)


def breach_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The promise that was broken first, and the tier that is raised at once."""
    broken = [clock for clock in case.clocks if clock.overdue(now)]
    if not broken:
        return []
    clock = min(broken, key=lambda clock: clock.due_at or 0)
    breach = ClockBreached(
        clock=clock.name, started_at=clock.started_at, due_at=clock.due_at or clock.started_at, target=clock.target
    )
    return [breach] if case.tier >= TOP_TIER else [breach, _escalation(case, clock, f"{clock.name} not kept")]


def climbs_at(case: Case, rules: Rules) -> Instant | None:
    """When an unanswered case climbs one more tier."""
    climb = _climb(case, rules)
    return climb[0] if climb else None


def climb_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """While nobody answers, the case climbs on by the policy's delays."""
    climb = _climb(case, rules)
    return [_escalation(case, climb[1], "still unanswered")] if climb is not None and climb[0] <= now else []


def closes_at(case: Case, rules: Rules) -> Instant | None:
    """When a resolved case closes because nobody has objected for `auto_close_days`."""
    if case.status != "resolved" or case.resolved_at is None:
        return None
    return case.resolved_at + round(rules.policy.auto_close_days * DAY_MS)


def close_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The closing of a case on which nobody said a word for so long."""
    close_at = closes_at(case, rules)
    if close_at is None or close_at > now:
        return []
    return [CaseClosed(reason=f"no word for {rules.policy.auto_close_days:g} days", resolved_at=case.resolved_at)]


def _escalation(case: Case, clock: Clock, reason: str) -> CaseEscalated:
    return CaseEscalated(
        from_tier=case.tier, to_tier=case.tier + 1, reason=reason, clock=clock.name, started_at=clock.started_at
    )


def _climb(case: Case, rules: Rules) -> tuple[Instant, Clock] | None:
    """When a case climbs, and by which promise: while a broken one stands, nobody answered since it last rose, and it
    is ours to answer. The delay runs in the hours of the promise that was broken; of several the first to climb."""
    unanswered = [clock for clock in case.clocks if clock.state == "breached" and clock.owed]
    if not 1 <= case.tier < TOP_TIER or case.escalated_at is None or not unanswered:
        return None
    if case.status == "waiting_customer" or (case.replied_at or 0) > case.escalated_at:
        return None
    rose, delay = case.escalated_at, rules.policy.escalation.tier_delays_seconds[case.tier - 1]
    climbs = ((add_working(rules.calendar_of(clock.calendar), rose, delay), clock) for clock in unanswered)
    return min(climbs, key=lambda climb: climb[0])


PROMISES = (
    TimerSource("a promise is broken", next_breach_at, breach_due),
    TimerSource("an unanswered case climbs", climbs_at, climb_due),
)
"""The most urgent: what customers were promised."""
CLOSING = (TimerSource("a resolved case closes", closes_at, close_due),)
"""The least urgent: nobody waits for it."""
