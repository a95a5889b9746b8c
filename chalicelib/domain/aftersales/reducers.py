"""What each fact of an after-sales flow, its money and its tasks makes of a case."""

from msgspec.structs import replace

from chalicelib.domain.cases import flow_of_case as on_case
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.reducers import after
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.cases.transitions import follow_flow_status, reopen, set_flow_deadlines
from chalicelib.domain.flows import compensation, facts, tasks
from chalicelib.domain.flows.compensation import Compensation, MoneyState
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.kernel.timestamps import Instant


@after.register
def _(fact: facts.FlowStarted, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return set_flow_deadlines(on_case.start_flow(case, fact.kind, fact.claim, at, fact.rulings, fact.bought), rules)


@after.register
def _(fact: facts.FlowMoved, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    moved = on_case.apply_move(case, fact, at)
    if fact.move == "reopen" and moved is not case and moved.done:
        moved = reopen(moved, at, rules)
    return follow_flow_status(case, moved, at, rules)


@after.register
def _(fact: facts.FlowTimedOut, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return follow_flow_status(case, on_case.apply_timeout(case, fact, at), at, rules)


@after.register
def _(fact: facts.MoneyProposed, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if compensation.find(case.money, fact.money) is not None:
        return case
    given = Compensation(
        id=fact.money,
        kind=fact.kind,
        amount=fact.amount,
        lines=fact.lines,
        by=event.by.id or event.by.kind,
        reason=fact.reason,
    )
    return replace(case, money=(*case.money, given))


@after.register(facts.MoneyFact)
def _(fact: facts.MoneyFact, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    state: MoneyState = event.type.removeprefix("money_")  # type: ignore[assignment]  # named so
    by_rule = fact.rule if isinstance(fact, facts.MoneyApproved) else None
    who = (by_rule or event.by.id or event.by.kind) if state == "approved" else None
    money = compensation.reached(case.money, fact.money, state, at, who)
    if isinstance(fact, facts.MoneyDone) and fact.reference is not None:
        money = compensation.referred(money, fact.money, fact.reference)
    return replace(case, money=money)


@after.register
def _(fact: facts.MoneyProven, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, money=compensation.proven(case.money, fact.money, fact.proof))


@after.register
def _(fact: facts.MoneyReturned, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, money=compensation.returned(case.money, fact.money, fact.proof))


@after.register
def _(fact: facts.TaskOpened, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    task = Task(id=fact.task, department=fact.department, title=fact.title, due_at=fact.due_at)
    return replace(case, tasks=tasks.add(case.tasks, task))


@after.register
def _(fact: facts.TaskLate, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, tasks=tasks.found_late(case.tasks, fact.task, at))


@after.register
def _(fact: facts.TaskDone, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return replace(case, tasks=tasks.done(case.tasks, fact.task, at, fact.outcome))


@after.register
def _(fact: facts.EvidenceAdded, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return on_case.add_evidence(case, fact.evidence)


@after.register
def _(fact: facts.EvidenceRefused, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return case
