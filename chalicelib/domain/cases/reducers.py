"""What each fact makes of a case. `flows/after.py` has the facts of after-sales flows."""

from functools import singledispatch

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases import flow_of_case as on_case
from chalicelib.domain.cases.case import MAX_ANSWERS, Answer, Case, SurveyState
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.ownership import hand_over
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.cases.transitions import (
    activate,
    change_clocks,
    is_backdated,
    is_live,
    release,
    reopen,
    set_flow_deadlines,
    start_reply_clock,
    to_status,
)
from chalicelib.domain.cases.urgency import urgency
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.sla import clocks
from chalicelib.domain.sla.clocks import Clock

REOPENS_WITHIN = 7 * DAY_MS


@singledispatch
def after(fact: Fact, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    """The case after a fact of that moment."""
    raise NotImplementedError(f"no rule folds a {type(fact).__name__}")


@after.register
def _(fact: facts.MessageReceived, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    case = replace(case, by_mail=True) if fact.mail is not None and not case.by_mail else case
    case = replace(case, heard_at=at) if case.held_by is not None else case
    if case.closed_at is not None and at > case.closed_at + REOPENS_WITHIN:
        return replace(case, spilled=(*case.spilled, event.id)[-MAX_ANSWERS:])
    if case.historical and is_live(case, event):
        at = event.heard_at if event.heard_at is not None and is_backdated(case, event) else at
        case = activate(case, at, rules)
    if case.done:
        case = reopen(case, at, rules)
    elif case.status == "waiting_customer":
        case = set_flow_deadlines(on_case.customer_replied(to_status(case, "open", at, rules), at), rules)
    return start_reply_clock(case, at, rules)


@after.register
def _(fact: facts.ReplySent, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.historical and not case.done and is_live(case, event):
        case = activate(case, at, rules)
    case = change_clocks(case, lambda clock: clocks.stop(clock, at) if clock.name != "resolution" else clock)
    return replace(
        case,
        status="open" if case.status == "new" else case.status,
        first_reply_at=case.first_reply_at or at,
        replied_at=at,
        replies=case.replies + 1,
    )


@after.register
def _(fact: facts.NoteAdded, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return case


@after.register
def _(fact: facts.CaseAssigned, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    before, case = case, replace(case, assignee=fact.assignee or case.assignee, team=fact.team or case.team)
    if fact.assignee is None:
        return hand_over(before, case, at)
    case = replace(release(case), outside=fact.load is None, shift=fact.shift, shift_calendar=fact.calendar)
    case = hand_over(before, case, at)
    return case if case.outside or case.done else replace(case, held_by=fact.assignee, held_at=at, avoid=None)


@after.register
def _(fact: facts.CaseQueued, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return case if case.done else replace(release(case), queued=urgency(case))


@after.register
def _(fact: facts.CaseReleased, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.held_by != fact.agent:
        return case
    avoid = fact.agent if fact.why == "silent" else case.avoid
    return hand_over(case, replace(release(case), assignee=None, avoid=avoid), at)


@after.register
def _(fact: facts.StatusChanged, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.status == "closed":
        return case
    if case.status == "resolved":
        return reopen(case, at, rules) if fact.status == "open" else case
    return to_status(case, fact.status, at, rules)


@after.register
def _(fact: facts.CaseResolved, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.done:
        return case
    case = release(change_clocks(case, lambda clock: clocks.stop(clock, at)))
    return replace(case, status="resolved", resolved_at=at)


@after.register
def _(fact: facts.CaseClosed, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if case.status == "closed" or fact.resolved_at not in (None, case.resolved_at):
        return case  # the silence it rests on was broken by a message that was told late
    case = release(change_clocks(case, lambda clock: clocks.stop(clock, at)))
    return replace(case, status="closed", closed_at=at, resolved_at=case.resolved_at or at)


@after.register
def _(fact: facts.ClockBreached, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    def break_it(clock: Clock) -> Clock:
        same = clock.name == fact.clock and clock.started_at == fact.started_at and clock.overdue(at)
        return clocks.break_(clock) if same else clock

    return change_clocks(case, break_it)


@after.register
def _(fact: facts.CaseEscalated, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    if fact.state is not None and (case.flow is None or case.flow.due is None or case.flow.due.at != fact.started_at):
        return case  # a move from before, told late: nobody had been late
    if fact.clock is not None:
        clock = case.clock(fact.clock)
        if clock is None or clock.started_at != fact.started_at or clock.state != "breached" or not clock.owed:
            return case  # a reply from before, told late: the promise was kept, there was nothing to escalate
    if case.tier >= TOP_TIER:
        return case
    return replace(case, tier=case.tier + 1, escalations=case.escalations + 1, escalated_at=at)


@after.register
def _(fact: facts.SurveySent, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _note_survey(case, SurveyState(fact.survey, fact.round, at, fact.expires_at))


@after.register
def _(fact: facts.SurveySkipped, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    return _note_survey(case, SurveyState(fact.survey, fact.round))


@after.register
def _(fact: facts.SurveyAnswered, case: Case, at: Instant, event: Event, rules: Rules) -> Case:
    answer = Answer(at, fact.csat, fact.nps, fact.ces, fact.survey)
    return replace(case, answers=(*case.answers, answer)[-MAX_ANSWERS:])


def _note_survey(case: Case, survey: SurveyState) -> Case:
    others = tuple(other for other in case.surveys if other.id != survey.id)
    return replace(case, surveys=(*others, survey)[-MAX_ANSWERS:])
