"""Metrics belong to the agent, team and shift that owned the case when it happened, even after the case is reassigned.

A case that was never reassigned stores no earlier owner: its present owner owned it all the time. Only a handover
stores the owner of what happened before it.
"""

from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.cases.case import MAX_ANSWERS, Case
from chalicelib.domain.cases.parts import Answer, Handover, Owner, Ownership, Satisfaction, SurveyState
from chalicelib.domain.kernel.timestamps import Instant

Owned = TypeVar("Owned", Answer, SurveyState)


def hand_over(before: Case, after: Case, handed_over_at: Instant) -> Case:
    """The case after its owner changed, with the earlier owner stored at what happened before.

    A case without an assignee is taken, not handed over. What happened while it had none belongs to nobody, except the
    opening: that belongs to the first owner.
    """
    if after.holder == before.holder:
        return after
    return replace(
        after,
        ownership=_ownership_after(before, after, handed_over_at),
        satisfaction=Satisfaction(
            surveys=tuple(_with_owner(survey, before.holder) for survey in before.satisfaction.surveys),
            answers=tuple(_with_owner(answer, before.holder) for answer in before.satisfaction.answers),
        ),
    )


def _ownership_after(before: Case, after: Case, handed_over_at: Instant) -> Ownership:
    owner = before.holder
    ownership = before.ownership
    handovers = ownership.handovers
    if before.assignee is not None and after.assignee != before.assignee:
        handovers = (*handovers, Handover(handed_over_at, owner))[-MAX_ANSWERS:]
    return Ownership(
        handovers=handovers,
        opened_for=_first_owner(ownership.opened_for, owner),
        replied_for=ownership.replied_for or (owner if before.first_reply_at is not None else None),
        resolved_for=ownership.resolved_for or (owner if before.resolved_at is not None else None),
    )


def without_ownership(case: Case) -> Case:
    """The case without all that is stored only since the second definition, to compare it with an older state."""
    return replace(
        case,
        definition=1,
        ownership=Ownership(),
        satisfaction=Satisfaction(
            surveys=tuple(replace(survey, holder=None) for survey in case.satisfaction.surveys),
            answers=tuple(replace(answer, holder=None) for answer in case.satisfaction.answers),
        ),
        money=tuple(replace(compensation, requested_at=None) for compensation in case.money),
    )


def _first_owner(stored: Owner | None, owner: Owner) -> Owner | None:
    """The first assignee, the first team and the first shift of a case, each on its own; None while it had none."""
    earlier = stored or Owner()
    first = Owner(
        assignee=earlier.assignee or owner.assignee,
        team=earlier.team or owner.team,
        shift=earlier.shift or owner.shift,
    )
    return first if first != Owner() else None


def _with_owner(owned: Owned, owner: Owner) -> Owned:
    return owned if owned.holder is not None else replace(owned, holder=owner)
