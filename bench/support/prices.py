"""AWS's rules for units, and its list prices for us-east-1, as assumed on 2026-11-22. Logs, KMS, email and traffic are
not included."""

from base64 import b64decode
from collections.abc import Mapping
from math import ceil
from typing import Any

PRICES_OF = "2026-11-22"
WRITE_UNIT, READ_UNIT = 0.625e-6, 0.125e-6  # DynamoDB on demand
API_REQUEST = 3.50e-6  # REST API
INVOCATION, GB_SECOND = 0.20e-6, 0.0000133334  # Lambda on arm64
SQS_REQUEST = 0.40e-6
# Assumed, not measured: the duration of a function's own code, and of each call to AWS.
OWN_SECONDS, CALL_SECONDS = 0.003, 0.006
GB_OF = {"api": 1.0, "sweeper": 1.728}  # all others have 0.5 GB
WRITE_BYTES, READ_BYTES = 1024, 4096
Item = Mapping[str, Mapping[str, Any]]
Indexes = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""The keys of each index, and which other attributes its entries have."""


def size(item: Item) -> int:
    """The bytes of an item: its names in UTF-8 and its values. A number takes one byte for two digits, and one more."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, raw),) = value.items()
    if kind == "N":
        return (len(str(raw).lstrip("-")) + 1) // 2 + 1
    if kind == "B" and isinstance(raw, str):
        return len(b64decode(raw))
    return len(raw) if isinstance(raw, bytes) else len(str(raw).encode())


def write_units(old: Item | None, new: Item | None, transaction: bool) -> int:
    """The units of the table for one write: by the KiB of the larger of the old and new item, double in a
    transaction."""
    larger = max(size(old or {}), size(new or {}), 1)
    return ceil(larger / WRITE_BYTES) * (2 if transaction else 1)


def index_units(old: Item | None, new: Item | None, indexes: Indexes) -> int:
    """The units of indexes: one for a new, a changed or a removed entry, and two if the key changes."""
    units = 0
    for keys, others in indexes.values():
        before, after = _entry(old, keys, others), _entry(new, keys, others)
        if before == after:
            continue
        written = [entry for entry in (before, after) if entry]
        moves = len(written) == 1 or any(before[key] != after[key] for key in keys)  # type: ignore[index]
        units += sum(ceil(size(entry) / WRITE_BYTES) for entry in (written if moves else written[:1]))
    return units


def _entry(item: Item | None, keys: tuple[str, ...], others: tuple[str, ...]) -> Item | None:
    if item is None or any(key not in item for key in keys):
        return None
    return {name: item[name] for name in dict.fromkeys((*keys, "pk", "sk", *others)) if name in item}


def read_units(read: int, consistent: bool) -> float:
    """The units for reading this many bytes in one call; at least one unit, even if nothing is found."""
    return max(1, ceil(read / READ_BYTES)) * (1.0 if consistent else 0.5)
