"""Figures belong to who did the work: what happened while somebody held a case stays theirs when it is handed on.

A case that was never handed on says nothing of it: who holds it now held it always. Only a handover writes down whose
the things before it were.
"""

from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.cases.case import MAX_ANSWERS, Answer, Case, Handover, Owner, SurveyState
from chalicelib.domain.kernel.timestamps import Instant

Asked = TypeVar("Asked", Answer, SurveyState)


def hand_over(before: Case, after: Case, at: Instant) -> Case:
    """The case after it went into other hands. From nobody's hands it is taken, not handed on: what happened while
    nobody held it is nobody's, but it was opened for who takes it first."""
    if after.holder == before.holder:
        return after
    held = before.holder
    moved = before.assignee is not None and after.assignee != before.assignee
    past = (*before.handovers, Handover(at, held))[-MAX_ANSWERS:] if moved else before.handovers
    return replace(
        after,
        handovers=past,
        opened_for=_first(before.opened_for, held),
        replied_for=before.replied_for or (held if before.first_reply_at is not None else None),
        resolved_for=before.resolved_for or (held if before.resolved_at is not None else None),
        answers=tuple(_of(one, held) for one in before.answers),
        surveys=tuple(_of(one, held) for one in before.surveys),
    )


def plainly(case: Case) -> Case:
    """The case without what is kept of it only since the second definition, to compare it with one of before."""
    return replace(
        case,
        definition=1,
        handovers=(),
        opened_for=None,
        replied_for=None,
        resolved_for=None,
        answers=tuple(replace(one, holder=None) for one in case.answers),
        surveys=tuple(replace(one, holder=None) for one in case.surveys),
        money=tuple(replace(one, requested_at=None) for one in case.money),
    )


def _first(known: Owner | None, held: Owner) -> Owner | None:
    """Each of assignee, team and shift is of who had it first; what nobody had yet is open."""
    known = known or Owner()
    first = Owner(known.assignee or held.assignee, known.team or held.team, known.shift or held.shift)
    return first if first != Owner() else None


def _of(one: Asked, held: Owner) -> Asked:
    return one if one.holder is not None else replace(one, holder=held)
