"""Mentions of colleagues in notes: `@mei`, by the name they log in with."""

import re
from collections.abc import Collection
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.kernel.validation import Input, Name

KEEP_MS = 180 * DAY_MS
MentionId = Annotated[str, Meta(pattern=r"^[0-9]{13}-[0-9A-Z]{26}\Z")]
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+@/-])@([A-Za-z0-9][A-Za-z0-9._@+-]{0,79})")
_ENDINGS = "._@+-"


class MentionsRead(Input, frozen=True, kw_only=True):
    """The body of `POST …/mentions/read`: mentions by their ids, or all of one case."""

    mentions: Annotated[tuple[MentionId, ...], Meta(max_length=100)] = ()
    case: Name | None = None


class Mentioned(NamedTuple):
    """The names in a text: those of colleagues, and those of nobody."""

    colleagues: tuple[str, ...]
    unknown: tuple[str, ...]


class Mention(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A colleague is mentioned in a note; it stands in their list until they have read it."""

    shop: str
    agent: str
    case: str
    event: str
    by: str
    at: Instant

    @property
    def id(self) -> str:
        """Its id in the list of the colleague."""
        return f"{self.at:013d}-{self.event}"


def mentioned_in(text: str, colleagues: Collection[str]) -> Mentioned:
    """The names that stand behind an `@` in a text, each once. An email address is no mention, and what ends a sentence
    is no part of a name. Upper and lower case are the same."""
    by_name = {name.casefold(): name for name in colleagues}
    names = {written: _longest_known(written, by_name) for written in _MENTION.findall(text)}
    colleagues = [name for name in names.values() if name is not None]
    unknown = [written.rstrip(_ENDINGS) for written, name in names.items() if name is None]
    return Mentioned(tuple(dict.fromkeys(colleagues)), tuple(dict.fromkeys(unknown)))


def _longest_known(written: str, by_name: dict[str, str]) -> str | None:
    """The longest beginning of this text that is a colleague's name, if only signs that end a sentence follow it."""
    name = written
    while name:
        if name.casefold() in by_name:
            return by_name[name.casefold()]
        if name[-1] not in _ENDINGS:
            return None
        name = name[:-1]
    return None
