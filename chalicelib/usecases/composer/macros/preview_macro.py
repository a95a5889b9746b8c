"""Preview macros on a case: their text filled in, and all that they would do, in words. Nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.macros import Effect, MacroIn
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.notifications.templates import Spoken
from chalicelib.usecases.cases.read_case import CaseFile, load_case_files
from chalicelib.usecases.composer.macros.effect import Doing
from chalicelib.usecases.composer.macros.effects import Wanted, effect_view, wanted_effects
from chalicelib.usecases.composer.macros.macro_values import language_of, macro_values
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.composer.macros.effect import EffectServices
    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCustomers,
        HasInboundDomain,
        HasMacros,
        HasOrderRecords,
        HasSecrets,
    )

    class PreviewMacroServices(
        EffectServices,
        HasApiUrl,
        HasCustomers,
        HasInboundDomain,
        HasMacros,
        HasOrderRecords,
        HasSecrets,
        Protocol,
    ):
        """The services that `preview_macro` uses."""


class FilledMacro(Struct, frozen=True, kw_only=True):
    """A macro on a case: its texts filled in, and the values that they lack, by name."""

    id: str
    content: MacroIn
    text: str
    note: str
    language: Spoken
    missing: tuple[str, ...]


class Preview(Struct, frozen=True, kw_only=True):
    """Macros on a case, together. `language`: that of the customer; `other_language`: the macros that have no text in
    it, so that their text is in the other language."""

    text: str
    language: Spoken
    missing: tuple[str, ...]
    files: tuple[str, ...]
    effects: tuple[Effect, ...]
    other_language: tuple[str, ...]


def preview_macro(services: "PreviewMacroServices", stored: StoredCase, macros: Iterable[str], by: str) -> Preview:
    """The text of macros one below the other, and their effects in order. Invalid for a macro that the shop does not
    have, or that is archived."""
    file = load_case_files(services, [stored])[0]
    filled = fill_macros(services, file, macros, by)
    language = language_of(services, file)
    return Preview(
        text="\n\n".join(macro.text for macro in filled if macro.text),
        language=language,
        missing=tuple(dict.fromkeys(name for macro in filled for name in macro.missing)),
        files=tuple(dict.fromkeys(name for macro in filled for name in macro.content.files)),
        effects=tuple(_preview_effects(services, file.case, effects_of(filled, by, services.now()))),
        other_language=tuple(macro.id for macro in filled if macro.text and macro.language != language),
    )


def fill_macros(services: "PreviewMacroServices", file: CaseFile, macros: Iterable[str], by: str) -> list[FilledMacro]:
    """These macros as they are now, with their texts filled in for a case."""
    shop = file.case.shop
    wanted = list(dict.fromkeys(macros))
    stored = services.macros.load_many(shop, wanted)
    for place, name in enumerate(wanted):
        if name not in stored or stored[name].deleted or stored[name].content.archived:
            raise invalid(f"macros[{place}]", f"the shop has no macro {name!r}, or it is archived")
    return fill_contents(services, file, {name: stored[name].content for name in wanted}, by)


def fill_contents(
    services: "PreviewMacroServices", file: CaseFile, macros: Mapping[str, MacroIn], by: str
) -> list[FilledMacro]:
    """Macros, by id, with their texts filled in for a case, in the customer's language; a note in the shop's."""
    shop = shop_of(services, file.case.shop, fresh=False)
    values = macro_values(services, shop, file, by)
    language, own = language_of(services, file), services.pages.speaks(shop.locale)
    return [_fill(services, name, macro, values, language, own) for name, macro in macros.items()]


def _fill(
    services: "PreviewMacroServices",
    name: str,
    content: MacroIn,
    values: dict[str, str | None],
    language: Spoken,
    own: Spoken,
) -> FilledMacro:
    source, spoken = content.text.in_language(language)
    text = services.pages.fill(source, values, spoken)
    note_source, note_language = content.note.in_language(own) if content.note else ("", own)
    note = services.pages.fill(note_source, values, note_language)
    return FilledMacro(
        id=name,
        content=content,
        text=text.text.strip(),
        note=note.text.strip(),
        language=spoken,
        missing=(*text.missing, *note.missing),
    )


def effects_of(filled: Iterable[FilledMacro], by: str, now: Instant) -> list[Wanted]:
    """The effects of these macros, in order."""
    return [
        effect
        for macro in filled
        for effect in wanted_effects(macro.id, Doing(actions=macro.content.actions, note=macro.note, by=by, now=now))
    ]


def _preview_effects(services: "PreviewMacroServices", case: Case, wanted: Iterable[Wanted]) -> Iterator[Effect]:
    """The effects in words, each on the case as the ones before it leave it."""
    for effect in wanted:
        refusal = effect.row.refusal(services, case, effect.value)
        yield effect_view(services, effect, case, refusal)
        case = case if refusal else effect.row.after(case, effect.value)
