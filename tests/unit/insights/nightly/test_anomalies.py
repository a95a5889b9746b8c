"""Days that break the pattern, what events did, and which days are compared."""

from datetime import date

import pytest

from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.nightly.anomalies import unusual_days
from chalicelib.domain.insights.nightly.periods import all_days, counts_of, first_spoken, trend_of
from chalicelib.domain.kernel.timestamps import next_day
from tests.support.insights.speech import TODAY, inputs_of, said


def steady(days: int = 90, a_day: int = 4) -> list[Said]:
    return [
        said(100 * back + n, "hello there", next_day(TODAY, -back), products=("SHOE",))
        for back in range(days)
        for n in range(a_day)
    ]


def test_a_burst_about_one_product_stands_out_and_the_rest_does_not() -> None:
    burst_day = next_day(TODAY, -3)
    burst = [said(50_000 + n, "it smokes", burst_day, products=("LAMP",)) for n in range(20)]
    few = [said(60_000 + n, "nice", next_day(TODAY, -5 * n - 10), products=("LAMP",)) for n in range(12)]
    all_said = [*steady(), *burst, *few]
    found = unusual_days(inputs_of(all_said), all_said, []).anomalies
    assert {(each.day, each.value) for each in found} == {(burst_day, "LAMP"), (burst_day, "all")}
    lamp = next(each for each in found if each.value == "LAMP")
    assert (lamp.count, lamp.dimension, lamp.label, lamp.event) == (20, "product", "LAMP", None)


def test_a_promotion_explains_its_days_and_its_effect_is_shown() -> None:
    days = [next_day(TODAY, -6), next_day(TODAY, -5)]
    more = [said(70_000 + 100 * place + n, "where is it", day) for place, day in enumerate(days) for n in range(16)]
    all_said = [*steady(), *more]
    found = unusual_days(inputs_of(all_said, events=dict.fromkeys(days, "Sale")), all_said, [])
    assert {each.event for each in found.anomalies} == {"Sale"}
    (effect,) = found.events
    assert (effect.event, effect.first, effect.last, effect.count) == ("Sale", *days, 40)
    assert effect.effect == pytest.approx(40.5 / (effect.expected + 0.5))
    assert effect.interval[0] > 2


def test_a_shop_that_is_new_has_no_unusual_days_and_no_trend_before_it_spoke() -> None:
    all_said = steady(20)
    inputs = inputs_of(all_said)
    assert first_spoken(inputs) == next_day(TODAY, -19)
    assert unusual_days(inputs, all_said, []) == ([], [])
    trend = trend_of(counts_of(all_said), inputs)
    assert trend is not None
    assert trend[0] == pytest.approx(((56.5) / 14) / ((24.5) / 6))
    assert trend_of(counts_of(steady(5)), inputs_of(steady(5))) is None


def test_all_days_are_those_of_the_inputs_in_order() -> None:
    days = all_days(inputs_of([], 5))
    assert days[-1] == TODAY
    assert [date.fromisoformat(day).toordinal() for day in days] == list(
        range(date.fromisoformat(days[0]).toordinal(), date.fromisoformat(TODAY).toordinal() + 1)
    )


def test_nothing_said_is_nothing_unusual() -> None:
    assert unusual_days(inputs_of([]), [], []) == ([], [])
