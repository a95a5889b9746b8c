"""The nightly job reads what its day brought, however long the history is, and writes an item for each dimension."""

from collections import Counter
from itertools import count

import pytest

from chalicelib.adapters.metrics import counted_table
from chalicelib.adapters.metrics.case_records import empty_record
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.cases.webhooks import request
from tests.support.metrics.days import compute_one_day, send_events
from tests.support.metrics.records import records_of
from tests.support.moto.table_uses import counted_uses

TODAY = "2026-03-20"
TYPES = ("return", "question", "complaint", "repair", "exchange")
LISTS = 9
"""The lists that a nightly job reads once: four shards of a day's cases, four of marks, and the trend."""


def open_cases(services: AwsServices, day: str, number: int, first: int) -> None:
    for place in range(first, first + number):
        opening = request(
            external_id=f"c-{place}",
            historical=True,
            type=TYPES[place % len(TYPES)],
            occurred_at=f"{day}T10:00:00+08:00",
            order={"external_id": "o", "items": [{"sku": f"SKU-{place}"}]},
        )
        send_events(services, "case.requested", opening, place)


def computed(services: AwsServices, day: str = TODAY) -> Counter[str]:
    """What the nightly job of this day, and of no other, reads and writes when it is computed a second time."""
    for marks in services.metrics.marked_days("demo").values():
        services.metrics.clear(marks)
    job, shop = compute_one_day(services), shop_of(services, "demo")
    compute_day(job, shop, day, "first", services.now())
    with counted_uses() as uses:
        compute_day(job, shop, day, "second", services.now())
    return uses


def add_history(services: AwsServices, days: int, numbers: "count[int]") -> None:
    """Days before that are computed, each with a case."""
    for days_before in range(1, days + 1):
        day = next_day(TODAY, -days_before)
        record = empty_record(day) | {"definition": 2, "restated": 0, "computed_at": "-", "inputs": "-"}
        services.metrics.replace_records("demo", day, [record], ())
        open_cases(services, day, 1, next(numbers))


def test_a_nightly_job_reads_no_more_of_a_long_history_than_of_a_short_one(services: AwsServices) -> None:
    numbers = count(1_000)
    open_cases(services, TODAY, 5, 0)
    add_history(services, 30, numbers)
    short = computed(services)
    add_history(services, 60, numbers)
    assert computed(services) == short


def test_a_nightly_job_reads_two_items_a_case_and_writes_no_more_for_more_cases(services: AwsServices) -> None:
    open_cases(services, TODAY, 10, 0)
    few = computed(services)
    open_cases(services, TODAY, 20, 10)
    many = computed(services)
    assert len(records_of(services, "demo", TODAY)) > 30
    assert many["read"] - few["read"] == 2 * 20
    assert many["written"] == few["written"] <= 12


def test_cases_are_read_in_batches_of_which_some_are_read_at_the_same_time(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted_table, "MAX_KEYS", 2)
    open_cases(services, TODAY, 30, 0)
    uses = computed(services)
    assert uses["requests"] <= LISTS + 30 / 2 + 4
    assert records_of(services, "demo", TODAY)["all", "all"]["opened"] == 30


def test_a_case_that_counts_on_two_days_is_read_once(services: AwsServices) -> None:
    open_cases(services, TODAY, 5, 0)
    for place in range(5):
        about = {"case_external_id": f"c-{place}", "agent": "mei", "occurred_at": f"{next_day(TODAY)}T10:00:00+08:00"}
        send_events(services, "case.resolved", about, 100 + place)
    states = [source.id for source in services.metrics.cases_counted_on("demo", [TODAY, next_day(TODAY)])]
    assert len(states) == len(set(states)) == 5
