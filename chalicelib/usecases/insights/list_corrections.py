"""The open cases whose type is not known, or least certain, so that somebody corrects it."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.triage.parts import CaseTyping, typing_of
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCases

CERTAIN = 0.8
"""From this confidence on, nobody needs to look."""
MOST_LOOKED_AT = 500
"""So many open cases are looked at for a page."""
STEP = 100


class Uncertain(Struct, frozen=True):
    """A case whose type is uncertain, with its subject and how it was typed."""

    case: Case
    subject: str
    typing: CaseTyping
    version: int


class UncertainPage(Struct, frozen=True):
    """A page of cases, and the cursor of the next; None on the last."""

    items: list[Uncertain]
    next: str | None


def list_corrections(services: "HasCases", shop: str, limit: int, after: str | None = None) -> UncertainPage:
    """The open cases that typing left without a type or is uncertain of, the newest first. Many that are certain may
    lie between them, so a page may have few, and a cursor."""
    chosen: list[tuple[str, Uncertain]] = []
    cursor = after
    for _ in range(MOST_LOOKED_AT // STEP):
        page = services.cases.open_cases(shop, STEP, cursor)
        chosen += [(each.key, uncertain) for each in page.items if (uncertain := _uncertain(each))]
        cursor = page.next
        if cursor is None or len(chosen) >= limit:
            break
    openings = services.cases.opening([key for key, _ in chosen]) if chosen else {}
    items = [replace(each, subject=openings[key].subject) if key in openings else each for key, each in chosen]
    return UncertainPage(items, cursor)


def _uncertain(stored: StoredCase) -> Uncertain | None:
    """The case, if typing abstained or is less certain than it should be."""
    typing = typing_of(stored.case) if stored.case is not None else None
    if stored.case is None or typing is None or typing.by == "agent":
        return None
    is_uncertain = typing.by == "none" or typing.confidence < CERTAIN
    return Uncertain(stored.case, "", typing, stored.version) if is_uncertain else None
