"""The changes that a flow makes to its case: deadlines, and the status that says whom the case waits for."""

from msgspec.structs import replace

from chalicelib.domain.aftersales import case_flow as flow_of_case
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.fold import Moment
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.cases.transitions import change_status
from chalicelib.domain.flows import flow as flows


def set_flow_deadlines(case: Case, rules: Rules) -> Case:
    """The case with the deadlines of its flow computed again."""
    if case.flow is None:
        return case
    return replace(case, flow=flows.with_deadlines(case.flow, rules.calendar, rules.policy.after_sales.deadlines))


def follow_flow_status(before: Case, case: Case, moment: Moment) -> Case:
    """The case after its flow moved: with new deadlines, and the status that follows from the flow's turn."""
    case = case if case is before else set_flow_deadlines(case, moment.rules)
    if case.flow is None or before.flow is None or case.flow.state == before.flow.state:
        return case
    status = flow_of_case.status_of(case)
    return case if status == case.status else change_status(case, status, moment.at, moment.rules)
