"""What occurs together more often than by chance."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.insights.nightly.associations import associations_of
from tests.support.insights.speech import said


def test_a_faulty_batch_is_associated_with_its_week_and_its_topic() -> None:
    bad = [said(n, "it smokes", products=("LAMP",), week="2026-W45", topic="T", case=f"b{n}") for n in range(12)]
    good = [
        said(100 + n, "fine", products=("LAMP" if n % 4 == 0 else "SHOE",), week=f"2026-W{40 + n % 5}", case=f"g{n}")
        for n in range(100)
    ]
    found = {(each.left_value, each.right_value): each for each in associations_of([*bad, *good])}
    week = found["LAMP", "2026-W45"]
    lamps = 12 + 25
    assert week.count == 12
    assert week.expected == pytest.approx(lamps * 12 / 112)
    assert week.lift == pytest.approx(12 / (lamps * 12 / 112))
    assert week.interval[0] > 1
    assert week.q < 0.001
    assert ("T", "LAMP") in found
    assert not any("SHOE" in names for names in found)


def test_what_one_case_says_many_times_counts_once() -> None:
    chatty = [said(n, "it smokes", products=("LAMP",), topic="T", case="one") for n in range(30)]
    others = [said(100 + n, "fine", products=("SHOE",), case=f"g{n}") for n in range(60)]
    assert associations_of([*chatty, *others]) == []


def test_of_nothing_nothing_is_associated() -> None:
    assert associations_of([]) == []


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_what_is_independent_is_not_associated_because_cases_without_an_order_lack_both(chance: Random) -> None:
    texts = [
        said(n, "", products=(chance.choice("AB"),), week=f"W{chance.randrange(3)}", case=f"o{n}") for n in range(300)
    ]
    without = [said(1000 + n, "", case=f"n{n}") for n in range(300)]
    assert all(each.lift < 2 for each in associations_of([*texts, *without]))
    assert associations_of([*texts, *without]) == associations_of(texts)


def test_what_occurs_together_far_less_often_than_expected_is_not_associated() -> None:
    apart = [("A", "W1")] * 2000 + [("B", "W2")] * 2000 + [("A", "W2")] * 5
    texts = [said(n, "", products=(sku,), week=week, case=f"c{n}") for n, (sku, week) in enumerate(apart)]
    assert {(each.left_value, each.right_value) for each in associations_of(texts)} == {("A", "W1"), ("B", "W2")}
