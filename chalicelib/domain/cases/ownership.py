"""Figures belong to who did the work: what happened while somebody held a case stays theirs when it is handed on.

A case that was never handed on says nothing of it: who holds it now held it always. Only a handover writes down whose
the things before it were.
"""

from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.cases.case import MAX_ANSWERS, Case
from chalicelib.domain.cases.parts import Answer, Handover, Owner, Ownership, Satisfaction, SurveyState
from chalicelib.domain.kernel.timestamps import Instant

Asked = TypeVar("Asked", Answer, SurveyState)


def hand_over(before: Case, after: Case, at: Instant) -> Case:
    """The case after it went into other hands. From nobody's hands it is taken, not handed on: what happened while
    nobody held it is nobody's, but it was opened for who takes it first."""
    if after.holder == before.holder:
        return after
    held = before.holder
    moved = before.assignee is not None and after.assignee != before.assignee
    was, asked = before.ownership, before.satisfaction
    ownership = Ownership(
        handovers=(*was.handovers, Handover(at, held))[-MAX_ANSWERS:] if moved else was.handovers,
        opened_for=_first(was.opened_for, held),
        replied_for=was.replied_for or (held if before.first_reply_at is not None else None),
        resolved_for=was.resolved_for or (held if before.resolved_at is not None else None),
    )
    satisfaction = Satisfaction(
        surveys=tuple(_of(survey, held) for survey in asked.surveys),
        answers=tuple(_of(answer, held) for answer in asked.answers),
    )
    return replace(after, ownership=ownership, satisfaction=satisfaction)


def plainly(case: Case) -> Case:
    """The case without what is kept of it only since the second definition, to compare it with one of before."""
    return replace(
        case,
        definition=1,
        ownership=Ownership(),
        satisfaction=Satisfaction(
            surveys=tuple(replace(survey, holder=None) for survey in case.satisfaction.surveys),
            answers=tuple(replace(answer, holder=None) for answer in case.satisfaction.answers),
        ),
        money=tuple(replace(one, requested_at=None) for one in case.money),
    )


def _first(known: Owner | None, held: Owner) -> Owner | None:
    """Each of assignee, team and shift is of who had it first; what nobody had yet is open."""
    known = known or Owner()
    first = Owner(known.assignee or held.assignee, known.team or held.team, known.shift or held.shift)
    return first if first != Owner() else None


def _of(one: Asked, held: Owner) -> Asked:
    return one if one.holder is not None else replace(one, holder=held)
