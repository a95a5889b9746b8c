"""How the facts of routing change a case, and how other facts change its assignment."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseClosed, CaseResolved, MessageReceived
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.ownership import hand_over
from chalicelib.domain.casework.facts import CaseMergedInto, CaseUnmergedFrom
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing import facts
from chalicelib.domain.routing.transitions import release
from chalicelib.domain.routing.urgency import urgency


def case_assigned(fact: facts.CaseAssigned, case: Case, moment: Moment) -> Case:
    """The case belongs to an assignee, a team or both. It counts towards the agent's load until it is done."""
    assigned = replace(case, assignee=fact.assignee or case.assignee, team=fact.team or case.team)
    if fact.assignee is None or (fact.why == "reported" and case.historical):
        return hand_over(case, assigned, moment.at)  # an imported case that comes alive is still to be routed
    assigned = release(assigned)
    routing = replace(assigned.routing, outside=fact.load is None, shift=fact.shift, shift_calendar=fact.calendar)
    assigned = hand_over(case, replace(assigned, routing=routing), moment.at)
    if routing.outside or assigned.done:
        return assigned
    return replace(assigned, routing=replace(routing, held_by=fact.assignee, held_at=moment.at, avoid=None))


def case_queued(_: facts.CaseQueued, case: Case, __: Moment) -> Case:
    """The case waits in the queue for an agent."""
    if case.done:
        return case
    case = release(case)
    return replace(case, routing=replace(case.routing, queued=urgency(case)))


def case_released(fact: facts.CaseReleased, case: Case, moment: Moment) -> Case:
    """The case was taken from its agent; if because they were silent, the next agent is somebody else."""
    if not fact.takes_from(case.routing.held_by, case.assignee):
        return case
    released = release(case)
    routing = replace(released.routing, outside=False, avoid=fact.agent if fact.why == "silent" else case.routing.avoid)
    return hand_over(case, replace(released, assignee=None, routing=routing), moment.at)


def message_received(_: MessageReceived, case: Case, moment: Moment) -> Case:
    """The customer now waits for the case's agent."""
    if moment.before.routing.held_by is None:
        return case
    return replace(case, routing=replace(case.routing, heard_at=moment.at))


def case_ended(_: CaseResolved | CaseClosed, case: Case, __: Moment) -> Case:
    """A case that is done counts towards nobody's load."""
    return release(case) if case.done else case


def merge_changed(_: CaseMergedInto | CaseUnmergedFrom, case: Case, __: Moment) -> Case:
    """A case that was merged into another counts towards nobody's load. When it is unmerged it is assigned anew: the
    agent who had it may have no room left."""
    return release(case)


def anything_happened(fact: Fact, case: Case, moment: Moment) -> Case:
    """Any event may change the urgency of a queued case. What the case's agent does is noted as their work."""
    routing = case.routing
    if routing.queued is not None:
        return replace(case, routing=replace(routing, queued=urgency(case)))
    actor = moment.event.by
    by_its_agent = routing.held_by is not None and routing.held_by == moment.before.routing.held_by == actor.id
    assigned_again = isinstance(fact, facts.CaseAssigned) and fact.assignee is not None
    if by_its_agent and actor.kind == "agent" and not assigned_again:
        return replace(case, routing=replace(routing, worked_at=moment.at))
    return case


REDUCERS: Reducers = {
    facts.CaseAssigned: (case_assigned,),
    facts.CaseQueued: (case_queued,),
    facts.CaseReleased: (case_released,),
    MessageReceived: (message_received,),
    CaseResolved: (case_ended,),
    CaseClosed: (case_ended,),
    CaseMergedInto: (merge_changed,),
    CaseUnmergedFrom: (merge_changed,),
    Fact: (anything_happened,),
}
