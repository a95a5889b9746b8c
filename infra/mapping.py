"""A mapping: how a row of another desk's export becomes webhooks of ours. `docs/import.md` describes its words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from chalicelib.domain.intake.payloads import parse_webhook
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant, zone_info
from chalicelib.registries import Registries
from infra.replay import Delivery

Row = Mapping[str, str]
WEBHOOK_TYPES = Registries().webhook_types
HISTORICAL = ("case.requested", "review.created")


class Rejected(Exception):
    """A row that cannot be brought over; the message says why."""


class Leaf(Struct, frozen=True, forbid_unknown_fields=True, rename={"column": "from", "among": "in"}):
    """One value: of a column, of a time's column, or always the same."""

    column: str | None = None
    time: str | None = None
    const: str | int | None = None
    words: dict[str, str | int] = {}
    otherwise: str | int | None = None
    prefix: str = ""
    optional: bool = False
    number: bool = False
    plus: str | None = None
    seconds: float = 1
    among: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns it names."""
        later = self.otherwise if self.time and isinstance(self.otherwise, str) else None
        return [name for name in (self.column, self.time, self.plus, later) if name]


class Times(Struct, frozen=True, forbid_unknown_fields=True):
    """How times are written."""

    formats: tuple[str, ...]
    zone: str = "UTC"


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """How the file is written."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """One webhook of a row, if `when` holds."""

    type: str
    data: dict[str, Any]
    when: Leaf | None = None


class Mapped(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole mapping."""

    rows: tuple[Event, ...]
    times: Times
    file: File = File()

    @property
    def columns(self) -> set[str]:
        """The columns that must be there."""
        leaves = [leaf for event in self.rows for leaf in _leaves(event.data)]
        leaves += [event.when for event in self.rows if event.when]
        return {name for leaf in leaves for name in leaf.columns}


def read_mapping(path: Path) -> Mapped:
    """The mapping of a file; SystemExit says what is wrong with it."""
    try:
        mapped = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Mapped)
        unknown = [event.type for event in mapped.rows if event.type not in WEBHOOK_TYPES]
        mapped.columns  # noqa: B018 - reads every leaf
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as wrong:
        raise SystemExit(f"{path} is no mapping: {wrong}") from None
    if unknown:
        raise SystemExit(f"{path}: {unknown[0]!r} is no type; there are {', '.join(WEBHOOK_TYPES)}")
    return mapped


def deliveries_of(mapped: Mapped, row: Row, name: str, now: Instant) -> list[Delivery]:
    """The webhooks a row becomes, each as the API would take it. `Rejected` when one of them it would not."""
    found = []
    for event in mapped.rows:
        if event.when is not None and not _holds(event.when, row):
            continue
        data = _tree(event.data, mapped, row)
        if event.type in HISTORICAL:
            data["historical"] = True
        body = msgspec.json.encode({"type": event.type, "timestamp": "2026-01-01T00:00:00Z", "data": data})
        try:
            parse_webhook(body, now, WEBHOOK_TYPES)
        except AftercareError as wrong:
            raise Rejected(f"{event.type}: {wrong}") from None
        told = key_of(event.type, msgspec.json.encode(data, order="deterministic").decode())
        found.append(Delivery(f"{name}/{told}", event.type, data))
    return found


def _holds(when: Leaf, row: Row) -> bool:
    told = row.get(when.column or "", "").strip()
    return told in when.among if when.among else bool(told)


def _tree(data: dict[str, Any], mapped: Mapped, row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, told in data.items():
        value = _value(_leaf(told), mapped, row) if _is_leaf(told) else _tree(told, mapped, row)
        if value not in (None, {}):
            found[name] = value
    return found


def _value(leaf: Leaf, mapped: Mapped, row: Row) -> Any:
    if leaf.const is not None:
        return leaf.const
    if leaf.time is not None:
        return _time(leaf, mapped.times, row)
    told = row.get(leaf.column or "", "").strip()
    if leaf.words and told in leaf.words:
        return leaf.words[told]
    if not told or leaf.words:
        if leaf.otherwise is None and not leaf.optional:
            raise Rejected(f"{leaf.column!r} is {told!r}" if told else f"{leaf.column!r} is empty")
        return leaf.otherwise
    if leaf.number:
        return _number(leaf.column or "", told)
    return f"{leaf.prefix}{told}"


def _number(column: str, told: str) -> int | float:
    try:
        value = float(told)
    except ValueError:
        raise Rejected(f"{column!r} is no number: {told!r}") from None
    if not isfinite(value):
        raise Rejected(f"{column!r} is no number: {told!r}")
    return int(value) if value == int(value) else value


def _time(leaf: Leaf, times: Times, row: Row) -> str:
    column = leaf.time or ""
    told = row.get(column, "").strip()
    if not told and isinstance(leaf.otherwise, str):
        column, told = leaf.otherwise, row.get(leaf.otherwise, "").strip()
    for pattern in times.formats:
        try:
            moment = datetime.strptime(told, pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone_info(times.zone))
        late = _number(leaf.plus, row.get(leaf.plus, "").strip() or "0") * leaf.seconds if leaf.plus else 0
        try:
            return (aware + timedelta(seconds=late)).astimezone(UTC).isoformat()
        except OverflowError:
            raise Rejected(f"{column!r} is a time of no calendar: {told!r}") from None
    raise Rejected(f"{column!r} is no time as the mapping has them: {told!r}")


def _is_leaf(told: Any) -> bool:
    return isinstance(told, dict) and bool({"from", "time", "const"} & told.keys())


def _leaf(told: Any) -> Leaf:
    return msgspec.convert(told, Leaf)


def _leaves(data: dict[str, Any]) -> Iterator[Leaf]:
    for told in data.values():
        if _is_leaf(told):
            yield _leaf(told)
        elif isinstance(told, dict):
            yield from _leaves(told)
        else:
            raise msgspec.ValidationError(
                f"{told!r} is no value: write {{from: a column}}, {{time: …}} or {{const: …}}"
            )
