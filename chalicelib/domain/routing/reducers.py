"""What giving cases to agents makes of a case, and what other facts mean for the agent who has it."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseClosed, CaseResolved, MessageReceived
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.ownership import hand_over
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing import facts
from chalicelib.domain.routing.transitions import release
from chalicelib.domain.routing.urgency import urgency


def case_assigned(fact: facts.CaseAssigned, case: Case, moment: Moment) -> Case:
    """The case is an agent's or a team's. It takes a part of the agent's capacity until it is done."""
    before, case = case, replace(case, assignee=fact.assignee or case.assignee, team=fact.team or case.team)
    if fact.assignee is None:
        return hand_over(before, case, moment.at)
    case = release(case)
    given = replace(case.routing, outside=fact.load is None, shift=fact.shift, shift_calendar=fact.calendar)
    case = hand_over(before, replace(case, routing=given), moment.at)
    if given.outside or case.done:
        return case
    return replace(case, routing=replace(given, held_by=fact.assignee, held_at=moment.at, avoid=None))


def case_queued(_: facts.CaseQueued, case: Case, __: Moment) -> Case:
    """The case waits for an agent."""
    if case.done:
        return case
    case = release(case)
    return replace(case, routing=replace(case.routing, queued=urgency(case)))


def case_released(fact: facts.CaseReleased, case: Case, moment: Moment) -> Case:
    """The case was taken from the agent who had it; who was silent is not asked next."""
    if case.routing.held_by != fact.agent:
        return case
    free = release(case)
    avoid = fact.agent if fact.why == "silent" else case.routing.avoid
    return hand_over(case, replace(free, assignee=None, routing=replace(free.routing, avoid=avoid)), moment.at)


def message_received(_: MessageReceived, case: Case, moment: Moment) -> Case:
    """The customer waits for the agent who has the case."""
    if moment.before.routing.held_by is None:
        return case
    return replace(case, routing=replace(case.routing, heard_at=moment.at))


def case_ended(_: CaseResolved | CaseClosed, case: Case, __: Moment) -> Case:
    """A case that is done takes no agent's capacity."""
    return release(case) if case.done else case


def anything_happened(fact: Fact, case: Case, moment: Moment) -> Case:
    """What the agent who has the case does on it is work; and its place in the queue is what its state makes it."""
    routing = case.routing
    if routing.queued is not None:
        return replace(case, routing=replace(routing, queued=urgency(case)))
    by = moment.event.by
    same = routing.held_by is not None and routing.held_by == moment.before.routing.held_by == by.id
    given_anew = isinstance(fact, facts.CaseAssigned) and fact.assignee is not None
    if same and by.kind == "agent" and not given_anew:
        return replace(case, routing=replace(routing, worked_at=moment.at))
    return case


REDUCERS: Reducers = {
    facts.CaseAssigned: (case_assigned,),
    facts.CaseQueued: (case_queued,),
    facts.CaseReleased: (case_released,),
    MessageReceived: (message_received,),
    CaseResolved: (case_ended,),
    CaseClosed: (case_ended,),
    Fact: (anything_happened,),
}
