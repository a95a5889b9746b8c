"""How far risks can be believed."""

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.outcomes.risk_summary import auc, auc_interval, calibration, measured

ORDERS = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.7]), st.booleans()), min_size=2, max_size=40)


@given(orders=ORDERS)
def test_the_area_is_how_often_a_wrong_order_has_the_higher_risk(orders: list[tuple[float, bool]]) -> None:
    wrong = [risk for risk, went in orders if went]
    well = [risk for risk, went in orders if not went]
    pairs = [(bad > good) + (bad == good) / 2 for bad in wrong for good in well]
    expected = pytest.approx(sum(pairs) / len(pairs)) if pairs else None
    assert auc([risk for risk, _ in orders], [went for _, went in orders]) == expected


@given(area=st.floats(0.02, 0.98), bad=st.integers(3, 200), good=st.integers(3, 200))
def test_each_limit_of_an_area_is_as_far_from_it_as_chance_at_the_limit_goes(area: float, bad: int, good: int) -> None:
    """So it has a width even where the area is 1."""
    assert auc_interval(1.0, 3, 3)[0] < 0.75
    for limit in auc_interval(area, bad, good):
        spread = 1 + ((bad + good) / 2 - 1) * ((1 - limit) / (2 - limit) + limit / (1 + limit))
        assert abs(area - limit) == pytest.approx(1.96 * sqrt(limit * (1 - limit) * spread / (bad * good)), abs=1e-6)


def test_a_stage_is_weak_until_its_area_is_certain() -> None:
    wrong = [place % 5 == 0 for place in range(200)]
    good = measured("promised_day", (600, 120), [0.9 if went else 0.1 for went in wrong], wrong)
    poor = measured("order", (600, 120), [0.1 + place % 7 / 100 for place in range(200)], wrong)
    assert (good.auc, good.precision, good.weak) == (1, 1, False)
    assert poor.weak
    assert poor.auc_interval is not None
    assert poor.auc_interval[0] < 0.6
    assert (poor.orders, poor.wrong, poor.measured, poor.base_rate) == (600, 120, 200, 0.2)


def test_without_orders_of_both_kinds_nothing_is_measured_and_the_stage_is_weak() -> None:
    for wrong in ([], [True], [False, False]):
        summary = measured("order", (3, 1), [0.5] * len(wrong), wrong)
        assert (summary.auc, summary.measured, summary.weak) == (None, 0, True)


@given(orders=ORDERS)
def test_every_order_is_in_one_bin_and_bins_rise(orders: list[tuple[float, bool]]) -> None:
    bins = calibration([risk for risk, _ in orders], [went for _, went in orders])
    assert sum(each.orders for each in bins) == len(orders)
    assert sum(each.orders * each.share for each in bins) == pytest.approx(sum(went for _, went in orders))
    assert all(lower.risk < higher.risk + 1e-9 for lower, higher in pairwise(bins))
