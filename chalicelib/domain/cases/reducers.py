"""What the facts of any case make of it: messages, replies, statuses, promises."""

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import MAX_ANSWERS, Case
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.transitions import (
    activate,
    change_clocks,
    is_backdated,
    is_live,
    reopen,
    start_clock,
    start_reply_clock,
    to_status,
)
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.sla import clocks
from chalicelib.domain.sla.clocks import Clock

REOPENS_WITHIN = 7 * DAY_MS


def case_opened(fact: facts.CaseOpened, case: Case, moment: Moment) -> Case:
    """The first reply and the resolution are promised."""
    case = start_clock(case, "first_reply", moment.at, moment.rules, fact.first_reply_seconds)
    return start_clock(case, "resolution", moment.at, moment.rules)


def message_received(_: facts.MessageReceived, case: Case, moment: Moment) -> Case:
    """The customer wrote: somebody owes a reply, and a case that was done is open again. A message that comes long
    after closing opens a linked case instead."""
    at, event, rules, _before = moment
    if case.closed_at is not None and at > case.closed_at + REOPENS_WITHIN:
        return replace(case, spilled=(*case.spilled, event.id)[-MAX_ANSWERS:])
    if case.historical and is_live(case, event):
        at = event.heard_at if event.heard_at is not None and is_backdated(case, event) else at
        case = activate(case, at, rules)
    if case.done:
        case = reopen(case, at, rules)
    elif case.status == "waiting_customer":
        case = to_status(case, "open", at, rules)
    return start_reply_clock(case, at, rules)


def reply_sent(_: facts.ReplySent, case: Case, moment: Moment) -> Case:
    """An agent wrote: the promise of a reply is kept."""
    at = moment.at
    if case.historical and not case.done and is_live(case, moment.event):
        case = activate(case, at, moment.rules)
    case = change_clocks(case, lambda clock: clocks.stop(clock, at) if clock.name != "resolution" else clock)
    return replace(
        case,
        status="open" if case.status == "new" else case.status,
        first_reply_at=case.first_reply_at or at,
        replied_at=at,
        replies=case.replies + 1,
    )


def unchanged(_: Fact, case: Case, __: Moment) -> Case:
    """The case as it is: the fact is only to be read."""
    return case


def status_changed(fact: facts.StatusChanged, case: Case, moment: Moment) -> Case:
    """The case waits for somebody, or no longer does. A resolved one may be opened again; a closed one stays."""
    if case.status == "closed":
        return case
    if case.status == "resolved":
        return reopen(case, moment.at, moment.rules) if fact.status == "open" else case
    return to_status(case, fact.status, moment.at, moment.rules)


def case_resolved(_: facts.CaseResolved, case: Case, moment: Moment) -> Case:
    """All promises are kept or broken for good."""
    if case.done:
        return case
    case = change_clocks(case, lambda clock: clocks.stop(clock, moment.at))
    return replace(case, status="resolved", resolved_at=moment.at)


def case_closed(fact: facts.CaseClosed, case: Case, moment: Moment) -> Case:
    """The case is closed, unless the silence it rests on was broken by a message that came late."""
    if case.status == "closed" or fact.resolved_at not in (None, case.resolved_at):
        return case
    case = change_clocks(case, lambda clock: clocks.stop(clock, moment.at))
    return replace(case, status="closed", closed_at=moment.at, resolved_at=case.resolved_at or moment.at)


def clock_breached(fact: facts.ClockBreached, case: Case, moment: Moment) -> Case:
    """The clock that the event names is breached, if it still runs and is overdue."""

    def break_it(clock: Clock) -> Clock:
        same = clock.name == fact.clock and clock.started_at == fact.started_at and clock.overdue(moment.at)
        return clocks.breach(clock) if same else clock

    return change_clocks(case, break_it)


def case_escalated(fact: facts.CaseEscalated, case: Case, moment: Moment) -> Case:
    """The case is a tier higher, unless what it was escalated for turns out not to have been late."""
    if case.tier >= TOP_TIER or _was_in_time(fact, case):
        return case
    return replace(case, tier=case.tier + 1, escalations=case.escalations + 1, escalated_at=moment.at)


def _was_in_time(fact: facts.CaseEscalated, case: Case) -> bool:
    """A move or a reply from before came late: the flow was not late, or the promise was kept."""
    if fact.state is not None and (case.flow is None or case.flow.due is None or case.flow.due.at != fact.started_at):
        return True
    if fact.clock is None:
        return False
    clock = case.clock(fact.clock)
    return clock is None or clock.started_at != fact.started_at or clock.state != "breached" or not clock.owed


REDUCERS: Reducers = {
    facts.CaseOpened: (case_opened,),
    facts.MessageReceived: (message_received,),
    facts.NoteAdded: (unchanged,),
    facts.ReplySent: (reply_sent,),
    facts.StatusChanged: (status_changed,),
    facts.CaseResolved: (case_resolved,),
    facts.CaseClosed: (case_closed,),
    facts.ClockBreached: (clock_breached,),
    facts.CaseEscalated: (case_escalated,),
}
