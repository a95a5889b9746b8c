"""What a case stores of its typing."""

from typing import ClassVar

from chalicelib.domain.cases.case import Case, part_of
from chalicelib.domain.cases.parts import CasePart
from chalicelib.domain.triage.facts import Sentiment, TypedBy, Urgency


class CaseTyping(CasePart, frozen=True, kw_only=True):
    """How the case got its type, and what its first words say beside it. The words themselves are in the event."""

    name: ClassVar[str] = "typing"
    by: TypedBy = "none"
    confidence: float = 0.0
    reason: str | None = None
    sentiment: Sentiment | None = None
    score: float = 0.0
    urgent: tuple[Urgency, ...] = ()
    model: str | None = None
    aspects: tuple[str, ...] = ()
    product: str | None = None


def typing_of(case: Case) -> CaseTyping | None:
    """How the case was typed; None if it came with its type and nobody corrected it."""
    return part_of(case, CaseTyping) if is_typed(case) else None


def is_typed(case: Case) -> bool:
    """Whether the case's type was decided by typing or by an agent."""
    return CaseTyping.name in case.parts


def is_untyped(case: Case) -> bool:
    """Whether nobody knows yet what the case is about: it came without a type, and typing abstained."""
    typing = typing_of(case)
    return typing is not None and typing.by == "none"
