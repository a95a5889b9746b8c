"""Facts with every field filled: every text in them is a marker that names its place."""

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

from chalicelib.domain.kernel.money import Money

CLOSED: dict[str, Any] = {
    "Shipment.direction": "back",
    "EvidenceRefused.reason": "too_large",
    "CaseAssigned.load": None,
    "CaseOpened.score": 2,
}
"""Texts that must be known values, and values that the services in memory need."""
OWN_TYPES: dict[type, Any] = {int: 1, float: 1.0, bool: False, str: None}


def marker(place: str) -> str:
    """The marker for a place of a fact."""
    return f"«{place}»"


def filled(kind: type[Struct], place: str) -> Any:
    """A struct with every field filled: texts with markers of their place."""
    hints = get_type_hints(kind, include_extras=False)
    given = {field.name: _value(hints[field.name], f"{place}.{field.name}") for field in fields(kind)}
    closed = {name: CLOSED[f"{kind.__name__}.{name}"] for name in given if f"{kind.__name__}.{name}" in CLOSED}
    return kind(**given | closed)


def _value(hint: Any, place: str) -> Any:
    kind = get_origin(hint)
    if kind is Literal:
        return get_args(hint)[0]
    if kind in (Union, types.UnionType):
        return _value(next(each for each in get_args(hint) if each is not type(None)), place)
    if kind is tuple:
        inner = get_args(hint)
        many = inner[:1] if inner[-1] is Ellipsis else inner
        return tuple(_value(each, f"{place}.{number}" if len(many) > 1 else place) for number, each in enumerate(many))
    if kind is dict or hint is dict:
        return {}
    if hint is Money:
        return Money("1.00", "CNY")
    if isinstance(hint, type) and issubclass(hint, Struct):
        return filled(hint, place)
    return marker(place) if hint is str else OWN_TYPES[hint]
