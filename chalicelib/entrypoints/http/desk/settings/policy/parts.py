"""The parts of a policy besides its clock rules, as fields of a form."""

import copy
from typing import Any, Literal

from msgspec import Struct

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.entrypoints.http.desk.settings.lists import joined, listed
from chalicelib.entrypoints.http.desk.spans import ALL_TIME, SECONDS, in_units, plain, read_number, unit_named

Kind = Literal["span", "number", "list", "text", "days_by_name", "spans_by_name"]


class Part(Struct, frozen=True):
    """A field: its path in the policy, how it is typed, and whether it may be empty."""

    path: str
    kind: Kind
    optional: bool = False


class Field(Struct, frozen=True):
    """A field as the form shows it."""

    path: str
    kind: Kind
    value: str
    unit: str
    optional: bool


SECTIONS: dict[str, tuple[Part, ...]] = {
    "escalation": (
        Part("escalation.tier_delays_seconds.0", "span"),
        Part("escalation.tier_delays_seconds.1", "span"),
        Part("escalation.notify.1", "list", optional=True),
        Part("escalation.notify.2", "list", optional=True),
        Part("escalation.notify.3", "list", optional=True),
        Part("routing.silence_seconds", "span", optional=True),
    ),
    "closing": (
        Part("auto_close_days", "number"),
        Part("survey.delay_seconds", "span"),
        Part("survey.contact_budget_days", "number"),
        Part("survey.expires_days", "number"),
    ),
    "after_sales": (
        Part("after_sales.return_days", "number"),
        Part("after_sales.excluded_categories", "list", optional=True),
        Part("after_sales.warranty_days", "number"),
        Part("after_sales.warranty_days_by_category", "days_by_name", optional=True),
        Part("after_sales.repair_warranty_days", "number"),
        Part("after_sales.second_person_above", "text"),
        Part("after_sales.money_answer_seconds", "span"),
        Part("after_sales.consumer_body", "text", optional=True),
        Part("after_sales.deadlines", "spans_by_name", optional=True),
    ),
    "review": (
        Part("after_sales.review.returns_in_a_year", "number"),
        Part("after_sales.review.return_rate_above", "number"),
        Part("after_sales.review.orders_at_least", "number"),
        Part("after_sales.review.wrong_items_in_a_row", "number"),
        Part("after_sales.review.value_above", "text", optional=True),
        Part("after_sales.review.currency", "text", optional=True),
    ),
    "retention": (
        Part("retention.people_days", "number", optional=True),
        Part("retention.files_days", "number", optional=True),
    ),
}


def field_of(part: Part, policy: Any) -> Field:
    """A field with the value that a policy (as JSON) has."""
    value = _at(policy, part.path.split("."))
    unit = "h" if part.kind == "span" else ""
    if part.kind == "span" and value is not None:
        text, unit = in_units(value)
    else:
        text = _shown(part.kind, value)
    return Field(part.path, part.kind, text, unit, part.optional)


def _shown(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind == "list":
        return joined(value)
    if kind == "days_by_name":
        return "\n".join(f"{name}: {days}" for name, days in value.items())
    if kind == "spans_by_name":
        return "\n".join(f"{name}: {' '.join(in_units(seconds))}" for name, seconds in value.items())
    return plain(value) if kind == "number" else str(value)


def typed_field(part: Part, form: dict[str, str]) -> Field:
    """A field with what was typed."""
    return Field(part.path, part.kind, form.get(part.path, ""), form.get(f"{part.path}.unit", ""), part.optional)


def with_typed(policy: Any, form: dict[str, str]) -> Any:
    """A policy (as JSON) with what was typed. Invalid names each field in which a number is missing, with the phrase
    that says so."""
    changed, errors = copy.deepcopy(policy), []
    for part in (part for parts in SECTIONS.values() for part in parts):
        try:
            _put(changed, part.path.split("."), _read(part, typed_field(part, form)))
        except ValueError:
            errors.append((part.path, f"policy.fault.{part.kind}"))
    if errors:
        raise Invalid(errors)
    return changed


def _read(part: Part, field: Field) -> Any:
    """What was typed, as the API takes it; None where nothing was. ValueError if it cannot be read."""
    if part.kind == "list":
        return listed(field.value)
    if part.kind in ("days_by_name", "spans_by_name"):
        return dict(_named(part.kind, line) for line in field.value.splitlines() if line.strip())
    if part.kind == "text":
        return field.value if field.value or not part.optional else ("" if part.path.endswith("_body") else None)
    if not field.value and part.optional:
        return None
    factor = SECONDS[unit_named(field.unit)] if part.kind == "span" else 1
    return _whole(_number(field.value) * factor)


def _named(kind: Kind, line: str) -> tuple[str, Any]:
    name, separator, text = line.strip().replace("：", ":").rpartition(":")
    number, _, unit = text.strip().partition(" ")
    if not separator or not name.strip() or (unit.strip() not in ALL_TIME if kind == "spans_by_name" else unit):
        raise ValueError
    return name.strip(), _whole(_number(number) * (SECONDS[unit_named(unit.strip())] if unit else 1))


def _number(text: str) -> float:
    number = read_number(text)
    if number is None:
        raise ValueError
    return number


def _whole(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _at(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value[int(name)] if isinstance(value, list) else (value or {}).get(name)
    return value


def _put(value: Any, path: list[str], new: Any) -> None:
    for name in path[:-1]:
        value = value.setdefault(name, {})
    if isinstance(value, list):
        value[int(path[-1])] = new
    else:
        value[path[-1]] = new
