"""What an effect of a macro is: its words, why it is refused, and how it is done."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.composer.macros import EffectKind, MacroActions
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.cases.handle_command import Command

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasIdempotency,
        HasPages,
        HasRegistries,
        HasShops,
        HasUploads,
    )

    class EffectServices(
        HasAgentFiles,
        HasAgents,
        HasCases,
        HasClock,
        HasIdempotency,
        HasPages,
        HasRegistries,
        HasShops,
        HasUploads,
        Protocol,
    ):
        """The services that `effects` use."""


class Phrase(Struct, frozen=True):
    """One of our phrases, with what fills it in; values that are phrases themselves are said in the same language."""

    name: str
    values: dict[str, "str | tuple[Phrase, ...]"] = {}

    def said(self, services: "HasPages", language: str) -> str:
        """The phrase in a language."""
        values = {
            name: value if isinstance(value, str) else ", ".join(part.said(services, language) for part in value)
            for name, value in self.values.items()
        }
        return services.pages.text(self.name, language, **values)


class Doing(Struct, frozen=True, kw_only=True):
    """What macros are to do: the actions of one of them, its note filled in, who applies it, and when."""

    actions: MacroActions
    note: str
    by: str
    now: Instant


class EffectRow(Struct, frozen=True, kw_only=True):
    """A kind of effect. `wanted`: its value, None if the macro does not have it; `words`: what it does; `refusal`: why
    it would be refused, or None; `after`: the case after it, for the effects that follow; `do`: the command."""

    kind: EffectKind
    wanted: Callable[[Doing], Any]
    words: Callable[[Any, Case], Phrase]
    refusal: Callable[["EffectServices", Case, Any], Phrase | None]
    after: Callable[[Case, Any], Case]
    do: Callable[["EffectServices", Command, Any], object]
