"""What macros do to a case besides their text. A capability whose command macros shall give adds its row here."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.macros import Effect
from chalicelib.usecases.composer.macros.casework_effects import SNOOZE, TAGS
from chalicelib.usecases.composer.macros.effect import Doing, EffectRow, Phrase
from chalicelib.usecases.composer.macros.work_effects import ASSIGN, NOTE, STATUS

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasPages

EFFECTS: tuple[EffectRow, ...] = (NOTE, TAGS, ASSIGN, STATUS, SNOOZE)
"""The effects in the order in which a macro has them."""


class Wanted(Struct, frozen=True, kw_only=True):
    """An effect that a macro is to have."""

    macro: str
    row: EffectRow
    value: Any


def wanted_effects(macro: str, doing: Doing) -> list[Wanted]:
    """The effects of one macro, in order."""
    values = ((row, row.wanted(doing)) for row in EFFECTS)
    return [Wanted(macro=macro, row=row, value=value) for row, value in values if value is not None]


def effect_view(
    services: "HasPages", wanted: Wanted, case: Case, refusal: Phrase | None, done: bool | None = None
) -> Effect:
    """An effect on a case in words, in both languages."""
    words = wanted.row.words(wanted.value, case)
    return Effect(
        macro=wanted.macro,
        kind=wanted.row.kind,
        zh=words.said(services, "zh"),
        en=words.said(services, "en"),
        refused_zh=refusal.said(services, "zh") if refusal else None,
        refused_en=refusal.said(services, "en") if refusal else None,
        done=done,
    )
