"""Agents' figures of a period: summed from the daily metrics, compared only where samples are large enough."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.metrics.agent_metrics import NEEDS_ANSWERS, NEEDS_CASES, view
from chalicelib.domain.metrics.intervals import csat_interval
from chalicelib.domain.metrics.sums import summed
from chalicelib.usecases.metrics.compare_agents import compare_agents

Record = dict[str, Any]


def record(
    value: str = "mei", scores: tuple[int, ...] = (0, 0, 0, 0, 0), replies: int = 0, mean: float = 0, **more: int
) -> Record:
    clock = {"count": replies, "mean": mean if replies else None}
    counts = {"resolved": 0, "reopened": 0, "transfers": 0} | more
    return {"value": value, "first_reply": clock, "resolution": clock, "csat": {"scores": list(scores)}, **counts}


class DailyRecords:
    def __init__(self, *records: Record) -> None:
        self.records = records

    def records_between(self, shop: str, dimension: str, first: str, last: str) -> list[Record]:
        assert dimension in ("agent_agent", "agent_skill")
        return list(self.records)


def compared(*records: Record, dimension: str = "agent") -> dict[str, Record]:
    found = compare_agents(DailyRecords(*records), "demo", dimension, "2026-11-01", "2026-11-30")
    return {one["value"]: one for one in found}


def test_days_add_up_means_by_their_counts() -> None:
    days = record(replies=1, mean=10, resolved=2, transfers=1), record(replies=3, mean=50, resolved=1, reopened=1)
    figures = compared(*days)["mei"]
    assert figures["first_reply"] == {"count": 4, "mean": 40}
    assert (figures["handled"], figures["reopened"], figures["transfers"]) == (3, 1, 1)


def test_a_small_sample_is_shown_and_not_compared_and_says_so() -> None:
    figures = compared(record("mei", (0, 0, 0, 1, 28), 19, 10), record("lee", (30, 0, 0, 0, 0), 20, 20))
    assert figures["mei"]["compared"]["csat"] == {
        "enough": False,
        "sample": 29,
        "needs": NEEDS_ANSWERS,
        "all": pytest.approx(100 * 29 / 59),
        "difference": None,
        "differs": None,
    }
    assert (figures["mei"]["csat"]["percent"], figures["mei"]["compared"]["resolution"]["difference"]) == (100, None)
    times = figures["lee"]["compared"]["first_reply"]
    assert (times["enough"], times["needs"]) == (True, NEEDS_CASES)
    assert times["difference"] == pytest.approx(20 - (19 * 10 + 20 * 20) / 39)
    assert figures["lee"]["compared"]["csat"]["differs"] is True


def test_two_agents_whose_intervals_overlap_do_not_differ() -> None:
    figures = compared(record("mei", (0, 0, 5, 10, 20)), record("lee", (0, 0, 6, 10, 19)))
    assert [one["compared"]["csat"]["differs"] for one in figures.values()] == [False, False]


def test_by_skill_an_agent_is_compared_with_all_who_had_such_cases() -> None:
    figures = compared(
        record("mei/return", replies=20, mean=100),
        record("lee/return", replies=20, mean=300),
        record("mei/question", replies=20, mean=1),
        dimension="skill",
    )
    assert figures["mei/return"]["compared"]["first_reply"]["all"] == 200
    assert figures["mei/question"]["compared"]["first_reply"]["difference"] == 0


def test_nobody_who_was_not_asked_has_an_interval_and_no_period_is_endless() -> None:
    assert compared(record())["mei"]["csat"] == {"answered": 0, "scores": [0] * 5, "percent": None, "interval": None}
    for first, last in (("2026-11-02", "2026-11-01"), ("2026-01-01", "2026-04-03")):
        with pytest.raises(Invalid):
            compare_agents(DailyRecords(), "demo", "agent", first, last)


@given(st.integers(0, 400), st.integers(1, 400))
def test_an_interval_holds_its_share_and_lies_between_nothing_and_all(hits: int, of: int) -> None:
    low, high = csat_interval(min(hits, of), of) or (0, 0)
    assert -1e-9 <= low <= 100 * min(hits, of) / of + 1e-9
    assert 100 * min(hits, of) / of - 1e-9 <= high <= 100 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1e6)), max_size=20))
def test_a_sum_of_days_is_the_mean_of_all_their_cases(days: list[tuple[int, float]]) -> None:
    found = summed("mei", [record(replies=count, mean=mean) for count, mean in days])
    everything = [mean for count, mean in days for _ in range(count)]
    assert found.mean("resolution") == (pytest.approx(sum(everything) / len(everything)) if everything else None)
    assert view(found, found)["compared"]["resolution"]["difference"] in (None, 0)
