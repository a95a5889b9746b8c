"""How facts about flows, money, tasks and evidence change a case, and how messages change its flow."""

from msgspec.structs import replace

from chalicelib.domain.aftersales import case_flow as flow_of_case
from chalicelib.domain.aftersales.transitions import follow_flow_status, set_flow_deadlines
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.transitions import reopen
from chalicelib.domain.flows import compensation, facts, tasks
from chalicelib.domain.flows.compensation import Compensation, MoneyState
from chalicelib.domain.flows.tasks import Task


def flow_started(fact: facts.FlowStarted, case: Case, moment: Moment) -> Case:
    """A flow starts, with its deadlines."""
    started = flow_of_case.start_flow(case, fact.kind, fact.claim, moment.at, fact.rulings, fact.bought)
    return set_flow_deadlines(started, moment.rules)


def flow_moved(fact: facts.FlowMoved, case: Case, moment: Moment) -> Case:
    """The flow is in its next state; reopening a flow reopens its case."""
    moved = flow_of_case.apply_move(case, fact, moment.at)
    if fact.move == "reopen" and moved is not case and moved.done and moved.merged_into is None:
        moved = reopen(moved, moment.at, moment.rules)
    return follow_flow_status(case, moved, moment)


def flow_timed_out(fact: facts.FlowTimedOut, case: Case, moment: Moment) -> Case:
    """A deadline of the flow passed: a reminder, an escalation or a move."""
    return follow_flow_status(case, flow_of_case.apply_timeout(case, fact, moment.at), moment)


def money_proposed(fact: facts.MoneyProposed, case: Case, moment: Moment) -> Case:
    """Somebody proposed to give the customer something."""
    if compensation.find(case.money, fact.money) is not None:
        return case
    given = Compensation(
        id=fact.money,
        kind=fact.kind,
        amount=fact.amount,
        lines=fact.lines,
        by=moment.event.by.id or moment.event.by.kind,
        reason=fact.reason,
    )
    return replace(case, money=(*case.money, given))


def money_progressed(fact: facts.MoneyFact, case: Case, moment: Moment) -> Case:
    """Money was approved, declined, requested, is unknown, failed or was paid."""
    state = MONEY_STATES[type(fact)]
    actor = moment.event.by
    rule = fact.rule if isinstance(fact, facts.MoneyApproved) else None
    approved_by = (rule or actor.id or actor.kind) if state == "approved" else None
    money = compensation.with_state(case.money, fact.money, state, moment.at, approved_by)
    if isinstance(fact, facts.MoneyDone) and fact.reference is not None:
        money = compensation.with_reference(money, fact.money, fact.reference)
    return replace(case, money=money)


def money_proven(fact: facts.MoneyProven, case: Case, _: Moment) -> Case:
    """A statement proves that the money was paid."""
    return replace(case, money=compensation.with_proof(case.money, fact.money, fact.proof))


def money_returned(fact: facts.MoneyReturned, case: Case, _: Moment) -> Case:
    """A statement says that the money came back."""
    return replace(case, money=compensation.with_return(case.money, fact.money, fact.proof))


def task_opened(fact: facts.TaskOpened, case: Case, _: Moment) -> Case:
    """A department has a task."""
    task = Task(id=fact.task, department=fact.department, title=fact.title, due_at=fact.due_at)
    return replace(case, tasks=tasks.add(case.tasks, task))


def task_late(fact: facts.TaskLate, case: Case, moment: Moment) -> Case:
    """The task is late."""
    return replace(case, tasks=tasks.found_late(case.tasks, fact.task, moment.at))


def task_done(fact: facts.TaskDone, case: Case, moment: Moment) -> Case:
    """The task is done."""
    return replace(case, tasks=tasks.done(case.tasks, fact.task, moment.at, fact.outcome))


def evidence_added(fact: facts.EvidenceAdded, case: Case, _: Moment) -> Case:
    """The customer uploaded a picture or a video."""
    return flow_of_case.add_evidence(case, fact.evidence)


def evidence_refused(_: facts.EvidenceRefused, case: Case, __: Moment) -> Case:
    """An upload was refused; the case stays as it was."""
    return case


def case_opened(fact: CaseOpened, case: Case, moment: Moment) -> Case:
    """A return, exchange, repair, refund or complaint starts its flow when the case is opened."""
    kind = flow_of_case.FLOW_OF.get(fact.kind)
    if kind is None:
        return case
    claim = flow_of_case.complete_claim(fact.claim, fact.order)
    reasons = moment.rules.judge(kind, claim, fact.order, moment.at, fact.history)
    bought = flow_of_case.purchase_of(fact.order, moment.at)
    return set_flow_deadlines(flow_of_case.start_flow(case, kind, claim, moment.at, reasons, bought), moment.rules)


def message_received(_: MessageReceived, case: Case, moment: Moment) -> Case:
    """The customer answered a question: the deadline of the present turn starts again."""
    if moment.before.status != "waiting_customer":
        return case
    return set_flow_deadlines(flow_of_case.customer_replied(case, moment.at), moment.rules)


MONEY_STATES: dict[type[facts.MoneyFact], MoneyState] = {
    facts.MoneyApproved: "approved",
    facts.MoneyDeclined: "declined",
    facts.MoneyRequested: "requested",
    facts.MoneyUnknown: "unknown",
    facts.MoneyFailed: "failed",
    facts.MoneyDone: "done",
}
REDUCERS: Reducers = {
    CaseOpened: (case_opened,),
    MessageReceived: (message_received,),
    facts.FlowStarted: (flow_started,),
    facts.FlowMoved: (flow_moved,),
    facts.FlowTimedOut: (flow_timed_out,),
    facts.MoneyProposed: (money_proposed,),
    **dict.fromkeys(MONEY_STATES, (money_progressed,)),
    facts.MoneyProven: (money_proven,),
    facts.MoneyReturned: (money_returned,),
    facts.TaskOpened: (task_opened,),
    facts.TaskLate: (task_late,),
    facts.TaskDone: (task_done,),
    facts.EvidenceAdded: (evidence_added,),
    facts.EvidenceRefused: (evidence_refused,),
}
