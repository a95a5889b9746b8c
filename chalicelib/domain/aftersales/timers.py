"""The timers of after-sales flows: deadlines, late tasks, and payment requests without an answer."""

from chalicelib.domain.aftersales import case_flow as flow_of_case
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.flows.compensation import Compensation, unanswered_at
from chalicelib.domain.flows.facts import FlowTimedOut, MoneyUnknown, TaskLate, TaskOpened
from chalicelib.domain.flows.flow import Due
from chalicelib.domain.flows.tasks import LATE, Task, of_chase, of_silence
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.timers.timer_source import TimerSource


def flow_deadline(case: Case, rules: Rules) -> Instant | None:
    """When the flow's present deadline passes."""
    due = _next_due(case)
    return due.at if due is not None else None


def flow_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The events when a deadline passed: a reminder, an escalation or an automatic move."""
    due = _next_due(case)
    return _timeout_facts(case, due) if due is not None and due.at <= now else []


def _next_due(case: Case) -> Due | None:
    """The next deadline of the case's flow; None when no escalation is left, for a case in the top tier.

    Deadlines pause while the case is resolved, and while we wait for the customer's answer although it is not their
    turn in the flow.
    """
    flow = case.flow
    if flow is None or case.done or (case.status == "waiting_customer" and flow.turn != "customer"):
        return None
    exhausted = flow.passed >= len(flow.table.states[flow.state].timeouts)
    return None if exhausted and case.tier >= TOP_TIER else flow.due


def _timeout_facts(case: Case, due: Due) -> list[Fact]:
    assert case.flow is not None
    state = case.flow.state
    passed = FlowTimedOut(state=state, since=case.flow.since, due_at=due.at, does=due.does)
    if due.does == "chase":
        department, title, due_at = of_chase(due.at)
        task = new_id(due.at, key_of("chase", case.id, str(due.at)))
        return [passed, TaskOpened(task=task, department=department, title=title, due_at=due_at)]
    if due.does != "escalate" or not flow_of_case.may_escalate(case):
        return [passed]
    reason = f"{case.flow.kind}: {state}, and nobody moved it in time"
    climb = CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=reason, state=state, started_at=due.at)
    return [climb, passed]


def next_task_at(case: Case, rules: Rules) -> Instant | None:
    """When the next open task is due."""
    task = _next_task(case)
    return task.due_at if task is not None else None


def task_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The events when a department did not finish its task in time: the case is escalated."""
    task = _next_task(case)
    if task is None or task.due_at > now:
        return []
    late = TaskLate(task=task.id, due_at=task.due_at)
    if case.tier >= TOP_TIER:
        return [late]
    reason = LATE.format(department=task.department)
    return [CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=reason), late]


def _next_task(case: Case) -> Task | None:
    """The open task that is due next; tasks that were found late already are left out."""
    waiting = [task for task in case.tasks if task.open and not task.late]
    return min(waiting, key=lambda task: task.due_at) if waiting and not case.done else None


def payment_answer_at(case: Case, rules: Rules) -> Instant | None:
    """When the first payment request has been without an answer for too long."""
    return min((due_at for _, due_at in _unanswered_payments(case, rules)), default=None)


def payment_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The events when the shop was asked to pay and has not answered in time."""
    unanswered = next((payment for payment in _unanswered_payments(case, rules) if payment[1] <= now), None)
    return ask_about_payment(case, *unanswered, "the shop has not answered") if unanswered is not None else []


def _unanswered_payments(case: Case, rules: Rules) -> list[tuple[Compensation, Instant]]:
    seconds = rules.policy.after_sales.money_answer_seconds
    return [(money, due_at) for money in case.money if (due_at := unanswered_at(money, seconds)) is not None]


def ask_about_payment(case: Case, money: Compensation, asked_at: Instant, reason: str) -> list[Fact]:
    """The events that make money unknown: the shop is asked whether it paid, and finance gets a task to check."""
    department, title, due_at = of_silence(asked_at, money.id)
    task = new_id(asked_at, key_of("silent money", case.id, money.id))
    return [
        MoneyUnknown(money=money.id, reason=reason),
        TaskOpened(task=task, department=department, title=title, due_at=due_at),
    ]


DEADLINES = (
    TimerSource("a flow's deadline passes", flow_deadline, flow_due),
    TimerSource("a task is late", next_task_at, task_due),
)
PAYMENTS = (TimerSource("the shop does not say whether it paid", payment_answer_at, payment_due),)
