"""A day's records of a dimension share an item; what earlier versions stored singly is read as well."""

from random import Random
from typing import Any
from zlib import compress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.dynamo_values import pack
from chalicelib.adapters.metrics.record_items import (
    between_days,
    packed_items,
    parts_by_dimension,
    record_key,
    records_in,
    stored_names,
)

TODAY, NEXT_DAY = "2026-11-20", "2026-11-21"
ITEM_BYTES = 400 * 1024
"""What DynamoDB takes (docs.aws.amazon.com, "Quotas in Amazon DynamoDB")."""


def record(value: str, dimension: str = "sku", day: str = TODAY, **more: Any) -> dict[str, Any]:
    return {"day": day, "dimension": dimension, "value": value, **more}


def single(value: str, day: str = TODAY) -> dict[str, Any]:
    """A record as earlier versions stored it."""
    encoded = msgspec.json.encode(record(value, day=day)).decode()
    return {"pk": "METRIC#demo#sku", "sk": f"{day}#{value}", "record": encoded}


def as_queried(*items: dict[str, Any]) -> list[dict[str, Any]]:
    """The items in the order in which DynamoDB lists them: by the bytes of their sort keys."""
    return sorted(items, key=lambda item: str(item["sk"]).encode())


@given(st.lists(st.text(max_size=6), unique=True, max_size=40))
def test_records_are_read_as_they_were_stored_and_by_value(values: list[str]) -> None:
    items = packed_items("demo", TODAY, [record(value) for value in values])
    assert [found["value"] for found in records_in(as_queried(*items))] == sorted(values)


def test_a_dimension_of_a_day_is_one_item() -> None:
    records = [record(f"{n:03d}", dimension) for dimension in ("sku", "team") for n in range(200)]
    assert [(item["pk"], item["sk"]) for item in packed_items("demo", TODAY, records)] == [
        ("METRIC#demo#sku", f"{TODAY}!000"),
        ("METRIC#demo#team", f"{TODAY}!000"),
    ]


def test_records_that_no_item_holds_are_split_and_no_part_is_too_large() -> None:
    chance = Random(4)
    records = [record(f"{n:05d}", noise=chance.randbytes(5_000).hex()) for n in range(300)]
    items = packed_items("demo", TODAY, records)
    assert len(items) > 5
    assert max(len(msgspec.json.encode(pack(item))) * 3 / 4 for item in items) < ITEM_BYTES
    assert [found["value"] for found in records_in(as_queried(*items))] == [each["value"] for each in records]


def test_records_of_earlier_versions_are_read_between_packed_ones() -> None:
    packed = packed_items("demo", NEXT_DAY, [record("B", day=NEXT_DAY), record("A", day=NEXT_DAY)])
    found = records_in(as_queried(single("A"), single("~"), *packed, single("A", "2026-11-22")))
    assert [record_key(each) for each in found] == [
        f"{TODAY}#A",
        f"{TODAY}#~",
        f"{NEXT_DAY}#A",
        f"{NEXT_DAY}#B",
        "2026-11-22#A",
    ]


def test_what_an_interrupted_restatement_has_not_removed_is_not_read() -> None:
    packed = packed_items("demo", TODAY, [record("A", now=True)])
    assert list(records_in(as_queried(single("A"), single("gone"), *packed))) == [record("A", now=True)]


@pytest.mark.parametrize("sort", [f"{TODAY}!000", f"{TODAY}!007", f"{TODAY}#", f"{TODAY}#~", f"{TODAY}#灯"])
def test_every_item_of_a_day_lies_between_its_bounds(sort: str) -> None:
    first, last = between_days(TODAY, TODAY)
    assert first.encode() <= sort.encode() <= last.encode()
    assert not first <= f"{NEXT_DAY}!000" <= last


def test_the_names_of_stored_records_are_known_for_both_ways_of_storing_them() -> None:
    items = packed_items("demo", TODAY, [record("A"), record("all", "all")])
    parts = msgspec.json.encode(parts_by_dimension(items)).decode()
    assert stored_names({"parts": parts}) == [("sku", "!000"), ("all", "!000")]
    singles = compress(msgspec.json.encode([("all", "all"), ("sku", "A")]))
    assert stored_names({"keys": singles}) == [("all", "#all"), ("sku", "#A")]
