"""How records are stored: a day's records of a dimension in one item, compressed, or in several if they are large.

Earlier versions stored an item for each record. Such items are read as long as their day is not computed again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import compress, decompress

from msgspec import json

from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.ports.metrics import Record, RecordName

PART_BYTES = 350_000
"""The records of one item before they are compressed. DynamoDB takes 400 KB, and what cannot be compressed grows by
less than a thousandth."""
AFTER_ALL = "\uffff"
"""A character that sorts after all others."""


def partition(shop: str, dimension: str) -> str:
    """The partition of the records of a dimension."""
    return f"METRIC#{shop}#{dimension}"


def between_days(first: Day, last: Day) -> tuple[str, str]:
    """The bounds of the sort keys of the records from one day to another."""
    return first, f"{last}#{AFTER_ALL}"


def record_key(record: Record) -> str:
    """The place of a record among those of its dimension: by day and value. It is a cursor of the API."""
    return f"{record['day']}#{record['value']}"


def packed_items(shop: str, day: Day, records: Iterable[Record]) -> list[Item]:
    """The items of a day's records. `!` sorts before the `#` of single records of the same day."""
    by_dimension: dict[str, list[Record]] = {}
    for record in records:
        by_dimension.setdefault(record["dimension"], []).append(record)
    return [
        {"pk": partition(shop, dimension), "sk": f"{day}{part_sort(number)}", "records": _packed(part)}
        for dimension, group in by_dimension.items()
        for number, part in enumerate(_parts(group))
    ]


def part_sort(number: int) -> str:
    """The end of the sort key of a part, from 0."""
    return f"!{number:03d}"


def _packed(encoded: Sequence[bytes]) -> bytes:
    return compress(b"[" + b",".join(encoded) + b"]")


def _parts(records: Iterable[Record]) -> Iterator[list[bytes]]:
    """The encoded records by value, in parts that fit into an item."""
    part: list[bytes] = []
    size = 0
    for encoded in map(json.encode, sorted(records, key=record_key)):
        if part and size + len(encoded) > PART_BYTES:
            yield part
            part, size = [], 0
        part.append(encoded)
        size += len(encoded) + 1
    yield part


def records_in(items: Iterable[Item]) -> Iterator[Record]:
    """The records of a dimension's items, by day and value. Single records beside the packed ones of their day are what
    an interrupted restatement has not removed yet."""
    packed_day = ""
    for item in items:
        day = item["sk"][: len("2026-11-20")]
        if "records" in item:
            packed_day = day
            yield from json.decode(decompress(item["records"]))
        elif day != packed_day:
            yield json.decode(item["record"])


def parts_by_dimension(items: Iterable[Item]) -> dict[str, int]:
    """How many items each dimension has."""
    parts: dict[str, int] = {}
    for item in items:
        dimension = item["pk"].rpartition("#")[2]
        parts[dimension] = parts.get(dimension, 0) + 1
    return parts


def stored_names(computed: Mapping[str, bytes | str]) -> list[RecordName]:
    """The dimension and the end of the sort key of each item with records of a day, from the item that says how the day
    was computed."""
    if "parts" in computed:
        parts: dict[str, int] = json.decode(computed["parts"])
        return [(dimension, part_sort(number)) for dimension, count in parts.items() for number in range(count)]
    singles: list[tuple[str, str]] = json.decode(decompress(computed["keys"]))  # type: ignore[arg-type]
    return [(dimension, f"#{value}") for dimension, value in singles]
