"""Changes of a shop's settings: who changed what, when, and from what to what."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant

SettingPage = Literal[
    "shop",
    "calendars",
    "policy",
    "agents",
    "templates",
    "macros",
    "sources",
    "endpoints",
    "imports",
    "privacy",
    "users",
]
"""The pages of settings that a change may be on."""
SETTING_PAGES: tuple[SettingPage, ...] = SettingPage.__args__  # type: ignore[attr-defined]
MAX_FIELDS = 40
MAX_TEXT = 300


class FieldChange(Struct, frozen=True, omit_defaults=True):
    """A field of a setting, such as `hours.mon`, and its value before and after; None where there was or is none."""

    field: str
    before: str | None = None
    after: str | None = None


class SettingChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of a setting. `by`: the name that its author signs in with. `name`: which of the page's settings, such
    as a calendar's id; empty where the page has one. `more`: how many further fields were changed."""

    id: str
    shop: str
    at: Instant
    by: str
    page: SettingPage
    name: str = ""
    fields: tuple[FieldChange, ...] = ()
    more: int = 0


def change_of(
    shop: str, page: SettingPage, name: str, by: str, now: Instant, before: Any, after: Any
) -> SettingChange | None:
    """The change between two states of a setting (None: there was or is none); None if they are the same."""
    fields = list(_differences(before, after))
    if not fields:
        return None
    key = key_of(shop, page, name, by, str(now), *(f"{each.field}={each.after}" for each in fields))
    named = tuple(fields[:MAX_FIELDS])
    return SettingChange(
        id=key, shop=shop, at=now, by=by, page=page, name=name, fields=named, more=len(fields) - len(named)
    )


def _differences(before: Any, after: Any) -> Iterator[FieldChange]:
    earlier, later = _flat(before), _flat(after)
    for field in dict.fromkeys([*earlier, *later]):
        if earlier.get(field) != later.get(field):
            yield FieldChange(field, _clipped(earlier.get(field)), _clipped(later.get(field)))


def _flat(value: Any) -> dict[str, str]:
    """The single values of a setting by their path. A list of plain values is one value, as people read it."""
    plain = msgspec.json.decode(msgspec.json.encode(value))
    return dict(_walk("", plain)) if isinstance(plain, dict) else ({} if plain is None else {"": _text(plain)})


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        value = {str(place + 1): each for place, each in enumerate(value)}
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walk(f"{path}.{name}" if path else str(name), each)
    elif value is not None and value != [] and value != "":
        yield path, _text(value)


def _text(value: Any) -> str:
    """A value as people read it; the spans of a day as `09:00-12:00, 13:00-18:00`."""
    if isinstance(value, list):
        return ", ".join("-".join(map(str, each)) if isinstance(each, list) else _text(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _clipped(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
