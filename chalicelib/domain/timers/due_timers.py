"""What is due on a case by now: broken promises, climbing tiers, closing in silence; and when to look again."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.aftersales import flow_of_case as on_case
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseClosed, CaseEscalated, ClockBreached
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.flows.compensation import Compensation, unanswered_at
from chalicelib.domain.flows.facts import FlowTimedOut, MoneyUnknown, TaskLate, TaskOpened
from chalicelib.domain.flows.flow import Due
from chalicelib.domain.flows.tasks import Task, due_next, of_chase, of_silence
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.domain.routing.routing import silent_at
from chalicelib.domain.sla.calendars import ALWAYS, add_working
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import Policy
from chalicelib.domain.surveys.surveys import survey_due_at


class Timer(Struct, frozen=True, order=True):
    """The next moment a case, or a delivery, wants to be looked at, and by which worker."""

    at: Instant
    kind: Literal["clock", "survey", "orphan", "delivery", "shift"]


def next_timer(case: Case, rules: Rules | Policy) -> Timer | None:
    """When time will next do something to this case. Historical cases rest. A policy alone knows no hours: by it all
    delays run around the clock."""
    if case.historical:
        return None
    rules = _whole(rules)
    timers = [Timer(clock.due_at, "clock") for clock in case.clocks if clock.state == "running" and clock.due_at]
    climb, close_at, ask_at = _climb(case, rules), _close_at(case, rules), survey_due_at(case, rules.policy.survey)
    moments = (climb[0] if climb else None, close_at, _silent_at(case, rules))
    timers += [Timer(at, "clock") for at in moments if at is not None]
    flow_due = on_case.next_due(case)
    if flow_due is not None:
        timers.append(Timer(flow_due.at, "clock"))
    task = None if case.done else due_next(case.tasks)
    if task is not None:
        timers.append(Timer(task.due_at, "clock"))
    timers += [Timer(at, "clock") for _, at in _silent_money(case, rules)]
    if ask_at is not None:
        timers.append(Timer(ask_at, "survey"))
    return min(timers, default=None)


def due_facts(case: Case, rules: Rules | Policy, now: Instant) -> list[Fact]:
    """What time has done to this case by `now`, to be written down: one step, the most urgent first.

    A broken promise raises the tier at once; while nobody answers the case climbs on by the policy's delays; a flow
    that nobody moved reminds, climbs or moves by itself; a resolved case closes when nobody has objected for
    `auto_close_days`.
    """
    if case.historical:
        return []
    rules = _whole(rules)
    broken = [clock for clock in case.clocks if clock.overdue(now)]
    if broken:
        return _breach(min(broken, key=lambda clock: clock.due_at or 0), case)
    climb, close_at = _climb(case, rules), _close_at(case, rules)
    if climb is not None and climb[0] <= now:
        return [_escalation(case, climb[1], "still unanswered")]
    flow_due = on_case.next_due(case)
    if flow_due is not None and flow_due.at <= now:
        return _flow_late(case, flow_due)
    undone = _undone(case, rules, now)
    if undone:
        return undone
    silent = [(one, at) for one, at in _silent_money(case, rules) if at <= now]
    if silent:
        return ask_about_payment(case, *silent[0], "the shop has not answered")
    if close_at is not None and close_at <= now:
        return [CaseClosed(reason=f"no word for {rules.policy.auto_close_days:g} days", resolved_at=case.resolved_at)]
    return []


def _breach(clock: Clock, case: Case) -> list[Fact]:
    breach = ClockBreached(
        clock=clock.name, started_at=clock.started_at, due_at=clock.due_at or clock.started_at, target=clock.target
    )
    if case.tier >= TOP_TIER:
        return [breach]
    return [breach, _escalation(case, clock, f"{clock.name} not kept")]


def _escalation(case: Case, clock: Clock, reason: str) -> CaseEscalated:
    return CaseEscalated(
        from_tier=case.tier, to_tier=case.tier + 1, reason=reason, clock=clock.name, started_at=clock.started_at
    )


def _flow_late(case: Case, due: Due) -> list[Fact]:
    assert case.flow is not None
    state = case.flow.state
    passed = FlowTimedOut(state=state, since=case.flow.since, due_at=due.at, does=due.does)
    if due.does == "chase":
        department, title, due_at = of_chase(due.at)
        task = new_id(due.at, key_of("chase", case.id, str(due.at)))
        return [passed, TaskOpened(task=task, department=department, title=title, due_at=due_at)]
    if due.does != "escalate" or not on_case.may_escalate(case):
        return [passed]
    reason = f"{case.flow.kind}: {state}, and nobody moved it in time"
    climb = CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=reason, state=state, started_at=due.at)
    return [climb, passed]


def _undone(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """A department that did not do its task; an agent who does nothing on a case whose customer waits."""
    task = None if case.done else due_next(case.tasks)
    if task is not None and task.due_at <= now:
        return _task_late(case, task)
    silence_at = _silent_at(case, rules)
    if case.routing.held_by is None or silence_at is None or silence_at > now:
        return []
    return [CaseReleased(agent=case.routing.held_by, why="silent")]


def _task_late(case: Case, task: Task) -> list[Fact]:
    late = TaskLate(task=task.id, due_at=task.due_at)
    if case.tier >= TOP_TIER:
        return [late]
    reason = f"a task of {task.department} was not done in time"
    return [CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=reason), late]


def _silent_money(case: Case, rules: Rules) -> list[tuple[Compensation, Instant]]:
    """Money the shop was asked for, and when its silence has lasted too long."""
    seconds = rules.policy.after_sales.money_answer_seconds
    return [(one, at) for one in case.money if (at := unanswered_at(one, seconds)) is not None]


def ask_about_payment(case: Case, one: Compensation, at: Instant, why: str) -> list[Fact]:
    """The shop is asked by the same id whether it paid, and finance is to find out."""
    department, title, due_at = of_silence(at, one.id)
    task = new_id(at, key_of("silent money", case.id, one.id))
    return [
        MoneyUnknown(money=one.id, reason=why),
        TaskOpened(task=task, department=department, title=title, due_at=due_at),
    ]


def _climb(case: Case, rules: Rules) -> tuple[Instant, Clock] | None:
    """When a case climbs, and by which promise: while a broken one stands, nobody answered since it last rose, and it
    is ours to answer. The delay runs in the hours of the promise that was broken; of several the first to climb."""
    unanswered = [clock for clock in case.clocks if clock.state == "breached" and clock.owed]
    if not 1 <= case.tier < TOP_TIER or case.escalated_at is None or not unanswered:
        return None
    if case.status == "waiting_customer" or (case.replied_at or 0) > case.escalated_at:
        return None
    rose, delay = case.escalated_at, rules.policy.escalation.tier_delays_seconds[case.tier - 1]
    found = ((add_working(rules.calendar_of(clock.calendar), rose, delay), clock) for clock in unanswered)
    return min(found, key=lambda one: one[0])


def _silent_at(case: Case, rules: Rules) -> Instant | None:
    return silent_at(case, rules.policy.routing.silence_seconds, rules.shift)


def _whole(rules: Rules | Policy) -> Rules:
    return rules if isinstance(rules, Rules) else Rules(rules, ALWAYS)


def _close_at(case: Case, rules: Rules) -> Instant | None:
    if case.status != "resolved" or case.resolved_at is None:
        return None
    return case.resolved_at + round(rules.policy.auto_close_days * DAY_MS)
