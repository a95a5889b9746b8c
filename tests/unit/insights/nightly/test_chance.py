"""How likely counts are by chance alone: held to another implementation and to arithmetic."""

from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom

from chalicelib.domain.insights.nightly.chance import false_discovery_rates, is_more, rate_ratio


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    total = draw(st.integers(1, 400))
    first, second = draw(st.integers(0, total)), draw(st.integers(0, total))
    together = draw(st.integers(max(0, first + second - total), min(first, second)))
    return together, first, second, total


@given(tables())
def test_the_chance_of_so_many_together_is_that_of_fishers_exact_test(table: tuple[int, int, int, int]) -> None:
    together, first, second, total = table
    assert is_more(*table) == pytest.approx(
        float(hypergeom.sf(together - 1, total, first, second)), rel=1e-6, abs=1e-12
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_false_discoveries_are_controlled_as_scipy_does(likelihoods: list[float]) -> None:
    assert false_discovery_rates(likelihoods) == pytest.approx(list(false_discovery_control(likelihoods)))


def test_no_tests_have_no_false_discoveries() -> None:
    assert false_discovery_rates([]) == []


def test_a_ratio_of_rates_has_an_interval_on_the_scale_of_logarithms() -> None:
    found = rate_ratio(20, 14, 10, 28)
    assert found is not None
    ratio, (low, high) = found
    assert ratio == pytest.approx((20.5 / 14) / (10.5 / 28))
    reach = 1.96 * sqrt(1 / 20.5 + 1 / 10.5)
    assert (low, high) == pytest.approx((exp(log(ratio) - reach), exp(log(ratio) + reach)))


@pytest.mark.parametrize("counts", [(0, 14, 0, 28), (3, 0, 2, 5), (3, 5, 2, 0)])
def test_of_nothing_there_is_no_ratio(counts: tuple[int, int, int, int]) -> None:
    assert rate_ratio(*counts) is None


@pytest.mark.parametrize("table", [(1, 10_001, 50_000, 100_000), (100, 2100, 50_000, 100_000)])
def test_far_fewer_than_expected_are_no_more_than_chance(table: tuple[int, int, int, int]) -> None:
    assert is_more(*table) == pytest.approx(1.0)
