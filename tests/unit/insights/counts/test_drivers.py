"""What goes with satisfaction is found in data whose truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from chalicelib.adapters.insights.drivers import driver_effects

NAMES = ("days_late", "reopened", "no_matter")
CUTS = np.array([-3.0, -2.0, -1.0, 0.5])


def cases(count: int, seed: int) -> tuple[NDArray[np.float64], list[int | None]]:
    """Cases with scores from 1 to 5 that fall with days and reopening; a third did not answer."""
    random = np.random.default_rng(seed)
    table = np.column_stack(
        [random.gamma(1.5, 1.5, count).round(1), random.binomial(1, 0.3, count), random.normal(0, 1, count)]
    )
    liking = table @ [-0.3, -1.2, 0.0] + random.logistic(size=count)
    scores = 1 + (liking[:, None] > CUTS).sum(axis=1)
    return np.asarray(table, np.float64), [int(score) if random.random() < 0.67 else None for score in scores]


def test_what_lowers_the_score_is_found_and_what_does_not_is_not() -> None:
    table, scores = cases(3000, 1)
    late, reopened, no_matter = driver_effects(NAMES, table, scores)
    assert late.high < 0
    assert reopened.high < 0
    assert no_matter.low < 0 < no_matter.high
    assert reopened.effect < late.effect
    assert all(each.low < each.effect < each.high for each in (late, reopened, no_matter))


def test_another_unit_of_a_driver_changes_its_effect_accordingly() -> None:
    table, scores = cases(1500, 2)
    in_days = driver_effects(NAMES, table, scores)[0]
    in_hours = driver_effects(NAMES, table * np.array([24.0, 1, 1]), scores)[0]
    assert in_hours.effect * 24 == pytest.approx(in_days.effect, rel=0.1)


def test_the_effects_are_those_of_another_implementation() -> None:
    """Those of `OrderedModel` of statsmodels 0.15.0 on the same cases."""
    random = np.random.default_rng(5)
    late = (random.random(400) < 0.3).astype(float)
    table = np.column_stack([late, random.integers(1, 4, 400)])
    liking = table @ [-0.9, -0.4] + random.logistic(size=400)
    scores: list[int | None] = [int(score) for score in 1 + np.digitize(liking, [-2.5, -1.5, -0.5, 0.8])]
    effects = [each.effect for each in driver_effects(["late", "tries"], table, scores)]
    assert effects == pytest.approx([-0.47688, -0.35730], abs=2e-5)


def test_a_driver_that_separates_the_scores_is_left_out_and_does_not_spoil_the_others() -> None:
    late, other = np.array([n % 2 for n in range(200)], float), np.array([n // 2 % 2 for n in range(200)], float)
    scores = [1 if each else 5 for each in late]
    (effect,) = driver_effects(["late", "other"], np.column_stack([late, other]), scores)
    assert effect.driver == "other"
    assert effect.low < -0.1 < 0.1 < effect.high
    rare = np.array([n < 3 for n in range(200)], float)
    mixed = [5 if n < 3 else 1 + n % 5 for n in range(200)]
    assert driver_effects(["rare"], np.column_stack([rare]), mixed) == []


def test_nothing_is_said_where_nothing_differs() -> None:
    assert driver_effects(["x"], np.ones((5, 1), np.float64), [1, 2, 3, 4, 5]) == []
    assert driver_effects(["x"], np.array([[0.0], [1.0], [2.0], [3.0], [4.0]]), [4, 4, 4, None, 4]) == []
    assert driver_effects(["x"], np.array([[0.0], [1.0]]), [None, None]) == []
