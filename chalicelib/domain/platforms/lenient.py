"""Repair bodies of platforms whose fields have other types than documented, as plugins and PHP's own JSON produce them.

- A number becomes text if the shape has text.
- An empty value, written as "", false, [] or {}, becomes null if it cannot be a value of the shape.
- An object whose keys are numbers becomes a list: PHP writes a list with gaps like this.
- An item of a list that lacks a required field is left out.

Anything else stays as it is, so that reading the body reports where it is wrong. A body is only repaired if it cannot
be read as it is.
"""

import re
from functools import cache
from typing import Any

import msgspec.inspect as shapes

Fitted = tuple[Any, bool]
"""A value, and whether it lacks a field that its shape requires."""
EMPTY: tuple[Any, ...] = ("", [], {})
DATE = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def type_of(shape: Any) -> shapes.Type:
    """The description of a type by msgspec."""
    return shapes.type_info(shape)


def fit(value: Any, shape: Any) -> Any:
    """The value, repaired to fit the shape as far as that is possible without inventing anything."""
    return _fit(value, type_of(shape))[0]


def _fit(value: Any, shape: shapes.Type) -> Fitted:
    kinds = shape.types if isinstance(shape, shapes.UnionType) else (shape,)
    for kind in kinds:
        if isinstance(kind, shapes.AnyType | shapes.RawType):
            return value, False
        if isinstance(kind, shapes.StructType):
            return _fit_object(value, kind)
        if isinstance(kind, shapes.ListType):
            return _fit_list(value, kind.item_type)
        if isinstance(kind, shapes.DictType):
            return value, False
    return _fit_scalar(value, kinds), False


def _fit_object(value: Any, kind: shapes.StructType) -> Fitted:
    if not isinstance(value, dict):
        return _null_if_empty(value), False
    fields, lacks = dict[str, Any](), False
    for field in kind.fields:
        name = field.encode_name
        content, content_lacks = _fit(value[name], field.type) if value.get(name) is not None else (None, False)
        lacks = lacks or content_lacks or (field.required and content is None)
        if content is not None:
            fields[name] = content
    return fields, lacks


def _fit_list(value: Any, item_type: shapes.Type) -> Fitted:
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        return _null_if_empty(value), False
    items = (_fit(item, item_type) for item in value)
    return [item for item, lacks in items if item is not None and not lacks], False


def _fit_scalar(value: Any, kinds: tuple[shapes.Type, ...]) -> Any:
    is_text = any(isinstance(kind, shapes.StrType) for kind in kinds)
    if value is False and any(isinstance(kind, shapes.BoolType) for kind in kinds):
        return value
    if isinstance(value, dict | list | bool) or (value == "" and not is_text):
        return _null_if_empty(value)
    is_number = any(isinstance(kind, shapes.IntType | shapes.FloatType) for kind in kinds)
    if is_text and not is_number and isinstance(value, int | float):
        return str(value)
    is_time = any(isinstance(kind, shapes.DateTimeType) for kind in kinds)
    return _fit_time(value) if is_time and isinstance(value, str) else value


def _fit_time(value: str) -> str | None:
    """A date becomes the time at which the day begins; the zeros that databases write for no time become null."""
    if value.startswith("0000-00-00"):
        return None
    return f"{value}T00:00:00" if DATE.fullmatch(value) else value


def _null_if_empty(value: Any) -> Any:
    return None if value is False or value in EMPTY else value
