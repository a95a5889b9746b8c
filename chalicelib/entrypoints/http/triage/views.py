"""Typings as the API shows them. `docs/api.md` describes each field."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.triage.parts import typing_of

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.triage.parts import CaseTyping
    from chalicelib.domain.triage.typing import Typing


def case_typing_view(case: "Case") -> dict[str, Any] | None:
    """How the case was typed; None if it came with its type. The words that this rests on are in the event."""
    typing = typing_of(case)
    return None if typing is None else typing_view(case.type, typing)


def typing_view(kind: str, typing: "CaseTyping | Typing") -> dict[str, Any]:
    """A typing without the words it rests on."""
    sentiment = None if typing.sentiment is None else {"label": typing.sentiment, "score": typing.score}
    return {
        "type": kind,
        "reason": typing.reason,
        "confidence": typing.confidence,
        "by": typing.by,
        "model": typing.model,
        "product": typing.product,
        "aspects": list(typing.aspects),
        "sentiment": sentiment,
        "urgent": {"value": bool(typing.urgent), "why": list(typing.urgent)},
    }
