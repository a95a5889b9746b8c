"""Macros: prepared answers of a shop in Chinese and English, with what else they do to a case."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.casework.facts import SnoozeEvent
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.kernel.validation import Input, Line, Name, Text
from chalicelib.domain.notifications.templates import Spoken

MACRO_ID = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z"
ME = "@me"
"""As an assignee: whoever applies the macro."""
MAX_MACROS = 10
"""How many macros may be applied together."""
MAX_FILES = 10
MAX_SNOOZE_SECONDS = 365 * DAY_MS // SECOND_MS
FileId = Annotated[str, Meta(pattern=r"^[0-9A-Z]{26}\Z")]


class MacroName(Input, frozen=True, kw_only=True):
    """A macro's name in both languages."""

    zh: Annotated[Line, Meta(min_length=1)]
    en: Annotated[Line, Meta(min_length=1)]


class MacroText(Input, frozen=True, kw_only=True):
    """A text in one language, or in both."""

    zh: Text | None = None
    en: Text | None = None

    def in_language(self, language: Spoken) -> tuple[str, Spoken]:
        """The text in this language, or else in the other one; and the language that it has."""
        other: Spoken = "en" if language == "zh" else "zh"
        own, others = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return (others, other) if others and not own else (own or "", language)


class MacroAssign(Input, frozen=True, kw_only=True):
    """To whom a macro assigns the case; the assignee `@me` is whoever applies it."""

    assignee: Name | None = None
    team: Name | None = None


class MacroSnooze(Input, frozen=True, kw_only=True):
    """For how long a macro snoozes the case, or until which event, or until whichever is first."""

    seconds: Annotated[int, Meta(ge=60, le=MAX_SNOOZE_SECONDS)] | None = None
    event: SnoozeEvent | None = None


class MacroActions(Input, frozen=True, kw_only=True):
    """What a macro does to a case besides its texts."""

    tags: TagChange | None = None
    assign: MacroAssign | None = None
    status: Status | None = None
    snooze: MacroSnooze | None = None


class MacroIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/shops/{shop}/macros/{macro}`. `text` is for the reply, `note` for colleagues."""

    name: MacroName
    text: MacroText = MacroText()
    note: MacroText | None = None
    files: Annotated[tuple[FileId, ...], Meta(max_length=MAX_FILES)] = ()
    actions: MacroActions = MacroActions()
    archived: bool = False


class Macro(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a macro, with who made it and when. `deleted`: this version ended it."""

    id: str
    shop: str
    version: int
    content: MacroIn
    by: str
    at: Instant
    deleted: bool = False


class MacrosIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/macros/preview`: the macros, in the order in which they are applied."""

    macros: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MAX_MACROS)]


class ApplyMacros(MacrosIn, frozen=True, kw_only=True):
    """The body of `POST …/macros/apply`. `reply`: whether their text is sent to the customer; otherwise it is only
    answered, to be put into the reply."""

    reply: bool = False


EffectKind = Literal["note", "tags", "assign", "status", "snooze"]


class Effect(Struct, frozen=True, kw_only=True):
    """One effect of a macro on a case: in words, and why it would be refused, if it would."""

    macro: str
    kind: EffectKind
    zh: str
    en: str
    refused_zh: str | None = None
    refused_en: str | None = None
    done: bool | None = None
    """Whether it was done by this request; None in a preview."""


def inserted(text: str, macro: str, cursor: int | None) -> str:
    """A text with a macro's text at the cursor, as paragraphs of their own; at its end without a cursor. `cursor`: as
    browsers count it, in units of UTF-16."""
    units = text.encode("utf-16-le")
    before = text if cursor is None else units[: 2 * cursor].decode("utf-16-le", "ignore")
    after = text[len(before) :]
    return "\n\n".join(part for part in (before.rstrip(), macro, after.lstrip()) if part)
