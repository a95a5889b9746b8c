"""Intervals of CSAT and NPS."""

import duckdb
import pytest

from chalicelib.domain.metrics.intervals import csat_interval, nps_interval, sql_expressions

TABLES = [(pro, con, n) for n in range(1, 31) for pro in range(n + 1) for con in range(n + 1 - pro)]


@pytest.mark.parametrize(
    ("promoters", "detractors", "answers", "low", "high"),
    [(10, 0, 10, 60.75, 100), (8, 1, 10, 13.95, 90.73), (0, 0, 10, -27.75, 27.75), (70, 10, 100, 45.18, 71.08)],
)
def test_the_interval_of_nps_is_movers(promoters: int, detractors: int, answers: int, low: float, high: float) -> None:
    assert nps_interval(promoters, detractors, answers) == pytest.approx((low, high), abs=0.005)


def test_whatever_was_answered_the_interval_holds_the_score_has_a_width_and_stays_within_a_hundred() -> None:
    for pro, con, n in TABLES:
        low, high = nps_interval(pro, con, n) or (0, 0)
        assert -100 <= low <= 100 * (pro - con) / n + 1e-9
        assert 100 * (pro - con) / n - 1e-9 <= high <= 100
        assert high - low > 10
        share = csat_interval(pro, n) or (0, 0)
        assert 0 <= share[0] < share[1] <= 100


def test_promoters_and_detractors_that_change_places_turn_the_interval_round() -> None:
    for pro, con, n in TABLES:
        low, high = nps_interval(pro, con, n) or (0, 0)
        assert nps_interval(con, pro, n) == pytest.approx((-high, -low), abs=1e-9)


def test_sql_computes_what_python_does_for_every_table_of_answers() -> None:
    said = sql_expressions()
    rows = duckdb.sql(
        f"SELECT 100 * {said['nps_low']}, 100 * {said['nps_high']}, 100 * {said['csat_low']}, 100 * {said['csat_high']}"
        " FROM (SELECT a / n AS pro, b / n AS con, a / n AS p, n AS nps_answered, n AS csat_answered FROM ("
        " SELECT n, a, unnest(range(n + 1 - a)) AS b FROM (SELECT n, unnest(range(n + 1)) AS a FROM range(1, 31) t(n)))"
        " ORDER BY n, a, b)"
    ).fetchall()
    for row, (pro, con, n) in zip(rows, TABLES, strict=True):
        assert row == pytest.approx((*(nps_interval(pro, con, n) or ()), *(csat_interval(pro, n) or ())), abs=1e-9)


def test_of_no_answers_there_is_no_interval() -> None:
    assert nps_interval(0, 0, 0) is None
    assert csat_interval(0, 0) is None
