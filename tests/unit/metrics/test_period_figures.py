"""The figures of a period: sums with their samples and intervals, and the worst value first for certain."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.metrics.intervals import csat_interval, nps_interval
from chalicelib.domain.metrics.period_figures import MEASURED, Measured, figures_of
from chalicelib.usecases.metrics.read_period import read_period

Record = dict[str, Any]
TODAY = "2026-11-20"


def record(value: str = "LAMP-03", day: str = TODAY, **changes: Any) -> Record:
    clock = {"count": 0, "mean": None}
    kept = {"met": 0, "breached": 0}
    empty = {
        "value": value,
        "day": day,
        "opened": 0,
        "resolved": 0,
        "reopened": 0,
        "escalated": 0,
        "first_reply": clock,
        "resolution": clock,
        "sla": {"first_reply": kept, "resolution": kept},
        "csat": {"scores": [0, 0, 0, 0, 0]},
        "nps": {"promoters": 0, "detractors": 0, "answered": 0},
    }
    return empty | changes


def scored(value: str, *scores: int, day: str = TODAY) -> Record:
    return record(value, day, csat={"scores": [scores.count(score) for score in range(1, 6)]})


class DailyRecords:
    def __init__(self, *records: Record) -> None:
        self.records = records

    def records_between(self, shop: str, dimension: str, first: str, last: str) -> list[Record]:
        return [each for each in self.records if first <= each["day"] <= last and (dimension != "all")]


def ranked(measured: Measured, *records: Record) -> list[str]:
    period = read_period(DailyRecords(*records), "demo", "sku", TODAY, TODAY, measured)
    return [each.value for each in period.values]


def test_nothing_gives_no_share_and_no_mean_rather_than_nought() -> None:
    figures = figures_of([record()])
    without = [name for name in MEASURED if figures[name].value is None]
    assert without == ["first_reply", "resolution", "kept", "csat", "nps", "reopened", "escalated"]
    assert all(figures[name].interval is None for name in without)


def test_shares_have_wilsons_interval_and_the_score_has_its_own() -> None:
    nps = {"promoters": 5, "detractors": 2, "answered": 9}
    sla = {"first_reply": {"met": 8, "breached": 1}, "resolution": {"met": 7, "breached": 4}}
    figures = figures_of([record(csat={"scores": [2, 1, 1, 3, 6]}, nps=nps, sla=sla, resolved=10, reopened=3)])
    assert figures["csat"].value == pytest.approx(100 * 9 / 13)
    assert figures["csat"].sample == 13
    assert figures["csat"].interval == csat_interval(9, 13)
    assert (figures["kept"].value, figures["kept"].interval) == (75, csat_interval(15, 20))
    assert figures["nps"].value == pytest.approx(100 / 3)
    assert figures["nps"].interval == nps_interval(5, 2, 9)
    assert (figures["reopened"].value, figures["reopened"].sample) == (30, 10)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1e6)), min_size=1, max_size=9))
def test_the_mean_of_days_is_that_of_all_their_cases(days: list[tuple[int, float]]) -> None:
    records = [record(first_reply={"count": count, "mean": mean}) for count, mean in days]
    figure = figures_of(records)["first_reply"]
    assert figure.sample == sum(count for count, _ in days)
    assert figure.value == pytest.approx(sum(count * mean for count, mean in days) / figure.sample)


def test_one_bad_answer_does_not_come_before_twenty_mixed_ones() -> None:
    one, twenty, good = scored("ONE", 1), scored("TWENTY", *[1] * 12, *[5] * 8), scored("GOOD", *[5] * 20)
    assert ranked("csat", good, one, twenty) == ["TWENTY", "ONE", "GOOD"]


def test_where_high_is_bad_the_high_come_first_and_what_rests_on_nothing_comes_last() -> None:
    slow, quick = (record(name, first_reply={"count": 3, "mean": mean}) for name, mean in (("SLOW", 900), ("QUICK", 9)))
    assert ranked("first_reply", record("NONE"), quick, slow) == ["SLOW", "QUICK", "NONE"]


def test_a_value_is_shown_beside_the_same_number_of_days_before() -> None:
    days = ("2026-11-17", "2026-11-18", "2026-11-19", TODAY)
    records = DailyRecords(*(record(day=day, opened=place + 1) for place, day in enumerate(days)))
    (lamp,) = read_period(records, "demo", "sku", "2026-11-19", TODAY, "opened").values
    assert lamp.before is not None
    assert (lamp.now["opened"].value, lamp.before["opened"].value) == (3 + 4, 1 + 2)
