"""What belongs to a person, marked where it is defined. Such fields are sealed with the person's key before they are
stored, and blank once that key is destroyed."""

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import fields, replace

MARK = Meta(extra={"private": True})
HOLDS_PRIVATE = Meta(extra={"private": "inside"})
"""Marks a field that holds a struct whose own type says what of it is private."""
Private: TypeAlias = Annotated[str, MARK]
"""A text that may name, quote or describe a person."""
Secret: TypeAlias = Any
"""What was taken out of a struct: by field, and by place in lists of structs."""
S = TypeVar("S", bound=Struct)


def split_private(value: S) -> tuple[S, Secret]:
    """A struct without its private fields, and those; None when it has none filled."""
    clean: dict[str, Any] = {}
    secret: dict[str, Any] = {}
    for name, inner, blank in _plan(type(value)):
        found = getattr(value, name)
        if not found:
            continue
        if not inner:
            secret[name], clean[name] = found, blank
        elif isinstance(found, tuple):
            parts = [split_private(one) for one in found]
            if any(taken is not None for _, taken in parts):
                clean[name], secret[name] = tuple(one for one, _ in parts), [taken for _, taken in parts]
        else:
            without, taken = split_private(found)
            if taken is not None:
                clean[name], secret[name] = without, taken
    return (replace(value, **clean), secret) if secret else (value, None)


def join_private(value: S, secret: Secret) -> S:
    """The struct with its private fields again."""
    if secret is None:
        return value
    told: dict[str, Any] = {}
    for name, inner, _ in _plan(type(value)):
        if name not in secret:
            continue
        kept, found = getattr(value, name), secret[name]
        if not inner:
            told[name] = tuple(found) if isinstance(found, list) else found
        elif isinstance(kept, tuple):
            told[name] = tuple(join_private(one, taken) for one, taken in zip(kept, found, strict=True))
        else:
            told[name] = join_private(kept, found)
    return replace(value, **told)


def private_fields(kind: type[Struct]) -> dict[str, Any]:
    """The fields of a struct that are private or hold such, each with what is there when nothing is said."""
    return {name: blank for name, _, blank in _plan(kind)}


@cache
def _plan(kind: type[Struct]) -> tuple[tuple[str, bool, Any], ...]:
    """The fields that are private or hold structs that have such: name, whether they hold structs, and their blank."""
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for one in fields(kind):
        hint = hints[one.name]
        inner = _is_marked(hint, HOLDS_PRIVATE) or any(_plan(struct) for struct in _structs(hint))
        if inner or _is_private(hint):
            found.append((one.name, inner, "" if one.default is NODEFAULT else one.default))
    return tuple(found)


def _is_private(hint: Any) -> bool:
    if _is_marked(hint, MARK):
        return True
    return any(_is_private(one) for one in get_args(hint) if not isinstance(one, Meta))


def _is_marked(hint: Any, mark: Meta) -> bool:
    return get_origin(hint) is Annotated and mark in hint.__metadata__


def _structs(hint: Any) -> Iterator[type[Struct]]:
    """The structs a field may hold, by itself or as a tuple of them."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    elif get_origin(hint) in (Union, types.UnionType, tuple, Annotated):
        for one in get_args(hint):
            yield from _structs(one)
