"""How merging, splitting, snoozing, tagging and linking change a case."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case, with_part
from chalicelib.domain.cases.facts import CaseClosed, CaseResolved
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.parts import EmailState
from chalicelib.domain.cases.transitions import await_reply, change_clocks, reopen, rest
from chalicelib.domain.casework import facts
from chalicelib.domain.casework.parts import MergedCases, Snooze, merged_cases, without_part
from chalicelib.domain.casework.tags import MAX_TAGS
from chalicelib.domain.kernel.enums import PRIORITIES
from chalicelib.domain.sla import clocks


def case_merged_into(fact: facts.CaseMergedInto, case: Case, moment: Moment) -> Case:
    """The case is closed without being resolved, and its clocks rest."""
    rested = rest(case, moment.at, moment.rules)
    closed_at = case.closed_at or moment.at
    return replace(without_part(rested, Snooze), status="closed", closed_at=closed_at, merged_into=fact.into)


def case_unmerged_from(fact: facts.CaseUnmergedFrom, case: Case, _: Moment) -> Case:
    """The merge is withdrawn, so the case is as it would be without it. What was answered on the other case is."""
    answered_at = fact.answered_at
    if answered_at is None:
        return case
    return change_clocks(
        case,
        lambda clock: (
            clocks.stop(clock, answered_at)
            if clock.name != "resolution" and clock.owed and clock.started_at <= answered_at
            else clock
        ),
    )


def case_merged(fact: facts.CaseMerged, case: Case, moment: Moment) -> Case:
    """What was owed on the other case is owed here: it is open, in the higher tier, and a reply is due."""
    if fact.waiting_since is not None:
        case = await_reply(case, moment.at, moment.rules, fact.waiting_since)
    elif fact.open and case.done:
        case = reopen(case, moment.at, moment.rules)
    if fact.tier > case.tier:
        case = replace(case, tier=fact.tier, escalated_at=moment.at)
    if fact.by_mail and not case.email.by_mail:
        case = replace(case, email=EmailState(by_mail=True))
    priority = max(case.priority, fact.priority, key=PRIORITIES.index)
    tags = tuple(dict.fromkeys((*case.tags, *fact.tags)))[:MAX_TAGS]
    merged = tuple(dict.fromkeys((*merged_cases(case), fact.case)))
    return with_part(replace(case, priority=priority, tags=tags), MergedCases(cases=merged))


def case_unmerged(_: facts.CaseUnmerged, case: Case, __: Moment) -> Case:
    """The merge is withdrawn, with all that came from the other case."""
    return case


def case_split(fact: facts.CaseSplit, case: Case, _: Moment) -> Case:
    """The messages are withdrawn, and the case is linked with the new one."""
    return _linked(case, (fact.into,))


def case_snoozed(fact: facts.CaseSnoozed, case: Case, moment: Moment) -> Case:
    """The case is snoozed; its clocks go on."""
    if case.done:
        return case
    by = moment.event.by.id
    return with_part(case, Snooze(since=moment.at, by=by, until=fact.until, event=fact.event))


def case_ended(_: CaseResolved | CaseClosed, case: Case, __: Moment) -> Case:
    """A case that is done is not snoozed; nor is it when it is reopened."""
    return without_part(case, Snooze) if case.done else case


def snooze_ended(fact: facts.SnoozeEnded, case: Case, _: Moment) -> Case:
    """The case is not snoozed any more, unless it was snoozed anew since."""
    since = case.parts.get(Snooze.name, {}).get("since")
    return without_part(case, Snooze) if since == fact.since else case


def case_tagged(fact: facts.CaseTagged, case: Case, _: Moment) -> Case:
    """The case has these tags more and those less."""
    remaining = (tag for tag in case.tags if tag not in fact.removed)
    return replace(case, tags=tuple(dict.fromkeys((*remaining, *fact.added)))[:MAX_TAGS])


def case_linked(fact: facts.CaseLinked, case: Case, _: Moment) -> Case:
    """The case is linked with these."""
    return _linked(case, fact.cases)


def case_unlinked(fact: facts.CaseUnlinked, case: Case, _: Moment) -> Case:
    """The case is not linked with these."""
    return replace(case, links=tuple(link for link in case.links if link not in fact.cases))


def _linked(case: Case, others: tuple[str, ...]) -> Case:
    return replace(case, links=tuple(dict.fromkeys((*case.links, *others))))


REDUCERS: Reducers = {
    CaseResolved: (case_ended,),
    CaseClosed: (case_ended,),
    facts.CaseMergedInto: (case_merged_into,),
    facts.CaseUnmergedFrom: (case_unmerged_from,),
    facts.CaseMerged: (case_merged,),
    facts.CaseUnmerged: (case_unmerged,),
    facts.CaseSplit: (case_split,),
    facts.CaseSnoozed: (case_snoozed,),
    facts.SnoozeEnded: (snooze_ended,),
    facts.CaseTagged: (case_tagged,),
    facts.CaseLinked: (case_linked,),
    facts.CaseUnlinked: (case_unlinked,),
}
