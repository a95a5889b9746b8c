"""Bodies of platforms whose fields have another type than is documented, as plugins and PHP's own JSON make them.

A number becomes text where text is wanted. Nothing, written as "", false, [] or {}, is null where it cannot be a value.
A list whose places are keys is a list: PHP writes one with holes so. One of many that lacks what it is known by is left
out. What is nonsense stays as it is, so that reading it says where. Looked at only when a body cannot be read as it is.
"""

import re
from functools import cache
from typing import Any

import msgspec.inspect as shapes

ParsedEmail = tuple[Any, bool]
"""A value, and whether it lacks something that its shape needs."""
EMPTY: tuple[Any, ...] = ("", [], {})
DATE = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def shape_of(wanted: Any) -> shapes.Type:
    """What a type is, taken apart."""
    return shapes.type_info(wanted)


def fitted(value: Any, wanted: Any) -> Any:
    """The value as near to the wanted type as it can be had without inventing anything."""
    return _fit(value, shape_of(wanted))[0]


def _fit(value: Any, shape: shapes.Type) -> ParsedEmail:
    kinds = shape.types if isinstance(shape, shapes.UnionType) else (shape,)
    for kind in kinds:
        if isinstance(kind, shapes.AnyType | shapes.RawType):
            return value, False
        if isinstance(kind, shapes.StructType):
            return _object(value, kind)
        if isinstance(kind, shapes.ListType):
            return _list(value, kind.item_type)
        if isinstance(kind, shapes.DictType):
            return value, False
    return _scalar(value, kinds), False


def _object(value: Any, kind: shapes.StructType) -> ParsedEmail:
    if not isinstance(value, dict):
        return _nothing(value), False
    found, lacks = dict[str, Any](), False
    for field in kind.fields:
        name = field.encode_name
        one, less = _fit(value[name], field.type) if value.get(name) is not None else (None, False)
        lacks = lacks or less or (field.required and one is None)
        found |= {name: one} if one is not None else {}
    return found, lacks


def _list(value: Any, kind: shapes.Type) -> ParsedEmail:
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        value = [value[key] for key in sorted(value, key=int)]
    if not isinstance(value, list):
        return _nothing(value), False
    items = (_fit(one, kind) for one in value)
    return [one for one, lacks in items if one is not None and not lacks], False


def _scalar(value: Any, kinds: tuple[shapes.Type, ...]) -> Any:
    is_text = any(isinstance(kind, shapes.StrType) for kind in kinds)
    if value is False and any(isinstance(kind, shapes.BoolType) for kind in kinds):
        return value
    if isinstance(value, dict | list | bool) or (value == "" and not is_text):
        return _nothing(value)
    is_number = any(isinstance(kind, shapes.IntType | shapes.FloatType) for kind in kinds)
    if is_text and not is_number and isinstance(value, int | float):
        return str(value)
    is_time = any(isinstance(one, shapes.DateTimeType) for one in kinds)
    return _time(value) if is_time and isinstance(value, str) else value


def _time(value: str) -> str | None:
    """A time, of a day its beginning; the zeros that databases write for none are none."""
    if value.startswith("0000-00-00"):
        return None
    return f"{value}T00:00:00" if DATE.fullmatch(value) else value


def _nothing(value: Any) -> Any:
    return None if value is False or value in EMPTY else value
