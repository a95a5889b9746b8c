"""Texts of a shop whose type is known, from which its model learns, and when a new model may answer."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from zlib import crc32

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.timestamps import Instant

CORRECTED, REPORTED, UNTOUCHED = 3.0, 1.0, 0.3
"""How much a text counts whose type an agent corrected; that the shop named itself; that typing named, and nobody
corrected it while the case was worked on to its end."""
FEWEST = 20
"""So many texts with a type are needed."""
MOST = 10_000
"""The newest so many texts are learned from."""
TYPING = "typing"
"""The name of the part of a case that says how it was typed (`domain/triage/parts.py`, which lies above this)."""


class Labelled(Struct, frozen=True, kw_only=True):
    """A text with its type. `id`: that of its case; `weight`: how much it counts; `known_at`: when its case was opened,
    for texts of cases that a model may have learned from."""

    id: str
    text: str
    label: CaseType
    weight: float
    known_at: Instant

    @property
    def is_correction(self) -> bool:
        """Whether an agent corrected the type."""
        return self.weight == CORRECTED


def labelled_texts(openings: Iterable[FeedbackItem], cases: dict[str, Case]) -> list[Labelled]:
    """The texts that cases began with, by time, with the types that they have now. Texts of erased people are blank, so
    they are left out; so are cases that nobody has worked on to their end, unless the shop or an agent typed them."""
    rows = [
        Labelled(id=item.id, text=item.text, label=case.type, weight=weight, known_at=case.opened_at)
        for item in openings
        if item.text.strip() and (case := cases.get(item.id)) is not None and (weight := _weight(case))
    ]
    return sorted(rows, key=lambda row: row.id)[-MOST:]


def _weight(case: Case) -> float:
    by = case.parts.get(TYPING, {}).get("by", "shop")
    if by == "agent":
        return CORRECTED
    if by == "shop":
        return REPORTED
    return UNTOUCHED if by != "none" and case.done else 0.0


def digest_of(rows: Sequence[Labelled]) -> str:
    """The digest of all that a model learned from."""
    lines = (f"{row.id} {row.label} {row.weight}" for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()


KNOWN_BYTES = 8
"""A model keeps so many bytes for each text: four that stand for its case, and four for the case with its type."""


def known_text(row: Labelled) -> bytes:
    """The bytes that stand for a text with its type: by these a model's texts are told from others."""
    return known_case(row.id) + crc32(f"{row.id} {row.label} {row.weight}".encode()).to_bytes(4, "big")


def known_case(case: str) -> bytes:
    """The first of these bytes, the same whatever type the case has now."""
    return crc32(case.encode()).to_bytes(4, "big")


def texts_known(learned: bytes) -> set[bytes]:
    """The texts that a model keeps bytes of."""
    return {learned[place : place + KNOWN_BYTES] for place in range(0, len(learned), KNOWN_BYTES)}


def knows_erased(learned: bytes, openings: Iterable[FeedbackItem]) -> bool:
    """Whether a model has learned from a text that is blank by now, because its customer was erased."""
    cases = {text[:4] for text in texts_known(learned)}
    return any(not item.text.strip() and known_case(item.id) in cases for item in openings)


def verdict(accuracy: float, before: float, unseen: int, live: ModelCard | None) -> tuple[bool, str]:
    """Whether a new model may answer, and why: it must not be worse, on texts that the present one has not learned
    from, than what answers now. Without such texts only some were removed (their people were erased, or they are too
    old), and the new one takes the place of what still knows them."""
    if unseen == 0 and live is not None:
        return True, "texts were removed"
    if accuracy >= before:
        return True, f"right in {accuracy:.0%} of {unseen} new texts, {before:.0%} before"
    return False, f"right in {accuracy:.0%} of {unseen} new texts, {before:.0%} before: worse"
