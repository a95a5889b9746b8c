"""Personal data is marked where a field is defined. Such fields are encrypted with the customer's key before they are
stored, and are blank after that key is destroyed."""

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import fields, replace

MARK = Meta(extra={"private": True})
HOLDS_PRIVATE = Meta(extra={"private": "inside"})
"""Marks a field that holds a struct whose own type marks its private fields."""
Private: TypeAlias = Annotated[str, MARK]
"""A text that may name, quote or describe a person."""
Secret: TypeAlias = Any
"""The values that were taken out of a struct: by field, and by position in lists of structs."""
S = TypeVar("S", bound=Struct)


class PrivateField(NamedTuple):
    """A field that is private, or holds structs with private fields; `blank`: its value without them."""

    name: str
    holds_structs: bool
    blank: Any


def split_private(value: S) -> tuple[S, Secret]:
    """A struct without its private fields, and the values of those; None if none of them has a value."""
    clean: dict[str, Any] = {}
    secret: dict[str, Any] = {}
    for field in _plan(type(value)):
        content = getattr(value, field.name)
        if not content:
            continue
        if not field.holds_structs:
            secret[field.name] = content
            clean[field.name] = field.blank
            continue
        without, taken = _split_inside(content)
        if taken is not None:
            clean[field.name] = without
            secret[field.name] = taken
    return (replace(value, **clean), secret) if secret else (value, None)


def _split_inside(content: Any) -> tuple[Any, Secret]:
    """A struct, or a tuple of structs, without the private fields, and the values of those."""
    if not isinstance(content, tuple):
        return split_private(content)
    parts = [split_private(part) for part in content]
    if all(taken is None for _, taken in parts):
        return content, None
    return tuple(clean for clean, _ in parts), [taken for _, taken in parts]


def join_private(value: S, secret: Secret) -> S:
    """The struct with the values of its private fields again."""
    if secret is None:
        return value
    restored: dict[str, Any] = {}
    for field in _plan(type(value)):
        if field.name not in secret:
            continue
        clean = getattr(value, field.name)
        taken = secret[field.name]
        if not field.holds_structs:
            restored[field.name] = tuple(taken) if isinstance(taken, list) else taken
        elif isinstance(clean, tuple):
            pairs = zip(clean, taken, strict=True)
            restored[field.name] = tuple(join_private(part, part_secret) for part, part_secret in pairs)
        else:
            restored[field.name] = join_private(clean, taken)
    return replace(value, **restored)


def private_fields(kind: type[Struct]) -> dict[str, Any]:
    """The names of the fields of a struct that are private or hold private ones, each with its blank value."""
    return {field.name: field.blank for field in _plan(kind)}


@cache
def _plan(kind: type[Struct]) -> tuple[PrivateField, ...]:
    """The fields of a struct that are private or hold structs with private fields."""
    hints = get_type_hints(kind, include_extras=True)
    plan = []
    for field in fields(kind):
        hint = hints[field.name]
        holds_structs = _is_marked(hint, HOLDS_PRIVATE) or any(_plan(struct) for struct in _structs(hint))
        if holds_structs or _is_private(hint):
            blank = "" if field.default is NODEFAULT else field.default
            plan.append(PrivateField(field.name, holds_structs, blank))
    return tuple(plan)


def _is_private(hint: Any) -> bool:
    if _is_marked(hint, MARK):
        return True
    return any(_is_private(part) for part in get_args(hint) if not isinstance(part, Meta))


def _is_marked(hint: Any, mark: Meta) -> bool:
    return get_origin(hint) is Annotated and mark in hint.__metadata__


def _structs(hint: Any) -> Iterator[type[Struct]]:
    """The types of structs that a field may hold, alone or in a tuple."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    elif get_origin(hint) in (Union, types.UnionType, tuple, Annotated):
        for part in get_args(hint):
            yield from _structs(part)
