"""A mapping: how a row of another service desk's export becomes webhooks of ours. See `docs/import.md`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from chalicelib.domain.intake.payloads import parse_webhook
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.registries import Registries
from infra.operate.cells import Cells, Leaf, Rejected, Times, holds, value_of
from infra.samples.replay import Delivery

WEBHOOK_TYPES = Registries().webhook_types
HISTORICAL = ("case.requested", "review.created")
"""Webhooks that say of themselves that they are of the past."""
__all__ = ["Rejected", "deliveries_of", "read_mapping"]


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """How the file is written."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """One webhook of a row, if `when` holds."""

    type: str
    data: dict[str, Any]
    when: Leaf | None = None


class RowMapping(Struct, frozen=True, forbid_unknown_fields=True):
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


def read_mapping(path: Path) -> RowMapping:
    """The mapping of a file. SystemExit says what is wrong with it."""
    try:
        mapping = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), RowMapping)
        unknown = [event.type for event in mapping.rows if event.type not in WEBHOOK_TYPES]
        mapping.columns  # noqa: B018 - reads every leaf
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise SystemExit(f"{path} is no mapping: {error}") from None
    if unknown:
        raise SystemExit(f"{path}: {unknown[0]!r} is no type; there are {', '.join(WEBHOOK_TYPES)}")
    return mapping


def deliveries_of(mapping: RowMapping, cells: Cells, name: str, now: Instant) -> list[Delivery]:
    """The webhooks that a row becomes, each as the API would accept it. `Rejected` when it would refuse one of them."""
    events = [event for event in mapping.rows if event.when is None or holds(event.when, cells)]
    return [_delivery(event, mapping, cells, name, now) for event in events]


def _delivery(event: Event, mapping: RowMapping, cells: Cells, name: str, now: Instant) -> Delivery:
    data = _filled_in(event.data, mapping.times, cells)
    if event.type in HISTORICAL:
        data["historical"] = True
    body = msgspec.json.encode({"type": event.type, "timestamp": "2026-01-01T00:00:00Z", "data": data})
    try:
        parse_webhook(body, now, WEBHOOK_TYPES)
    except AftercareError as error:
        raise Rejected(f"{event.type}: {error}") from None
    key = key_of(event.type, msgspec.json.encode(data, order="deterministic").decode())
    return Delivery(f"{name}/{key}", event.type, data)


def _filled_in(data: dict[str, Any], times: Times, cells: Cells) -> dict[str, Any]:
    """The data of an event with a row's values; fields without one are left out."""
    filled: dict[str, Any] = {}
    for name, node in data.items():
        value = value_of(_leaf(node), times, cells) if _is_leaf(node) else _filled_in(node, times, cells)
        if value not in (None, {}):
            filled[name] = value
    return filled


def _is_leaf(node: Any) -> bool:
    return isinstance(node, dict) and bool({"from", "time", "const"} & node.keys())


def _leaf(node: Any) -> Leaf:
    return msgspec.convert(node, Leaf)


def _leaves(data: dict[str, Any]) -> Iterator[Leaf]:
    for node in data.values():
        if _is_leaf(node):
            yield _leaf(node)
        elif isinstance(node, dict):
            yield from _leaves(node)
        else:
            raise msgspec.ValidationError(
                f"{node!r} is no value: write {{from: a column}}, {{time: …}} or {{const: …}}"
            )
