"""How the facts that any case has change it: messages, replies, statuses and clocks."""

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import MAX_ANSWERS, Case
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.transitions import (
    activate,
    await_reply,
    change_clocks,
    change_status,
    comes_after_closing,
    is_backdated,
    is_live,
    reopen,
    start_clocks,
)
from chalicelib.domain.kernel.enums import TOP_TIER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.sla import clocks
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import ClockName


def case_opened(fact: facts.CaseOpened, case: Case, moment: Moment) -> Case:
    """The clocks of the first reply and of the resolution start."""
    targets: dict[ClockName, float | None] = {"first_reply": fact.first_reply_seconds, "resolution": None}
    return start_clocks(case, targets, moment.at, moment.rules)


def message_received(_: facts.MessageReceived, case: Case, moment: Moment) -> Case:
    """The customer wrote: a reply is due, and a case that was done is open again. A message that comes long after the
    case was closed opens a linked case instead, and one on a merged case is passed on to the case that it is in."""
    event, rules = moment.event, moment.rules
    if case.merged_into is not None:
        return case
    if comes_after_closing(case, moment.at):
        return replace(case, spilled=(*case.spilled, event.id)[-MAX_ANSWERS:])
    written_at = moment.at
    if case.historical and is_live(case, event):
        if event.heard_at is not None and is_backdated(case, event):
            written_at = event.heard_at
        case = activate(case, written_at, rules)
    return await_reply(case, written_at, rules)


def reply_sent(_: facts.ReplySent, case: Case, moment: Moment) -> Case:
    """An agent replied: the clocks of replies stop."""
    sent_at = moment.at
    if case.historical and not case.done and is_live(case, moment.event):
        case = activate(case, sent_at, moment.rules)
    case = change_clocks(case, lambda clock: clocks.stop(clock, sent_at) if clock.name != "resolution" else clock)
    return replace(
        case,
        status="open" if case.status == "new" else case.status,
        first_reply_at=case.first_reply_at or sent_at,
        replied_at=sent_at,
        replies=case.replies + 1,
    )


def unchanged(_: Fact, case: Case, __: Moment) -> Case:
    """A fact that does not change the case, such as a note."""
    return case


def status_changed(fact: facts.StatusChanged, case: Case, moment: Moment) -> Case:
    """The case waits for somebody, or no longer does. A resolved one may be opened again; a closed one stays."""
    if case.status == "closed":
        return case
    if case.status == "resolved":
        return reopen(case, moment.at, moment.rules) if fact.status == "open" else case
    return change_status(case, fact.status, moment.at, moment.rules)


def case_resolved(_: facts.CaseResolved, case: Case, moment: Moment) -> Case:
    """The case is resolved, and all its clocks stop."""
    if case.done:
        return case
    case = change_clocks(case, lambda clock: clocks.stop(clock, moment.at))
    return replace(case, status="resolved", resolved_at=moment.at)


def case_closed(fact: facts.CaseClosed, case: Case, moment: Moment) -> Case:
    """The case is closed, unless it was closed automatically and a late event shows that it was reopened before."""
    if case.status == "closed" or fact.resolved_at not in (None, case.resolved_at):
        return case
    case = change_clocks(case, lambda clock: clocks.stop(clock, moment.at))
    return replace(case, status="closed", closed_at=moment.at, resolved_at=case.resolved_at or moment.at)


def clock_breached(fact: facts.ClockBreached, case: Case, moment: Moment) -> Case:
    """The clock that the fact names is breached, if it still runs and is overdue."""

    def breach_if_named(clock: Clock) -> Clock:
        named = clock.name == fact.clock and clock.started_at == fact.started_at
        return clocks.breach(clock) if named and clock.overdue(moment.at) else clock

    return change_clocks(case, breach_if_named)


def case_escalated(fact: facts.CaseEscalated, case: Case, moment: Moment) -> Case:
    """The case is raised by one tier, unless a late event shows that the reason for it was not overdue."""
    if case.tier >= TOP_TIER or _was_in_time(fact, case):
        return case
    return replace(case, tier=case.tier + 1, escalations=case.escalations + 1, escalated_at=moment.at)


def _was_in_time(fact: facts.CaseEscalated, case: Case) -> bool:
    """Whether a late event shows that there was no reason to escalate: the flow moved in time, or the reply was sent in
    time."""
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
