"""What customers need, from paired questions."""

from collections import Counter
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.outcomes.kano import (
    PairedAnswer,
    is_lead_certain,
    need_of,
    needs_of_features,
)
from chalicelib.domain.insights.outcomes.shares import share_interval

SCORES = st.integers(1, 5)


def answers(feature: str, *pairs: tuple[int, int]) -> list[PairedAnswer]:
    """The answers of one customer after another."""
    return [
        PairedAnswer(customer=f"C-{place}", feature=feature, functional=there, dysfunctional=missing)
        for place, (there, missing) in enumerate(pairs)
    ]


def test_the_table_is_kanos() -> None:
    counts = Counter(need_of(there, missing) for there in range(1, 6) for missing in range(1, 6))
    assert counts == {
        "one_dimensional": 1,
        "must_be": 3,
        "attractive": 3,
        "indifferent": 9,
        "reverse": 7,
        "questionable": 2,
    }
    assert [need_of(1, 5), need_of(3, 5), need_of(1, 3)] == ["one_dimensional", "must_be", "attractive"]
    with pytest.raises(ValueError, match="1 to 5"):
        need_of(0, 5)


@given(there=SCORES, missing=SCORES)
def test_who_answers_the_other_way_round_has_the_reverse_need(there: int, missing: int) -> None:
    turned = need_of(missing, there)
    wanted = need_of(there, missing) in ("must_be", "one_dimensional", "attractive")
    assert not wanted or turned == "reverse"


def test_the_most_frequent_need_of_each_feature_is_its_segment() -> None:
    found = needs_of_features(
        [*answers("gift wrap", (1, 3), (1, 3), (1, 2), (3, 5)), *answers("delivery", *[(3, 5)] * 30, (1, 3))]
    )
    assert [each.name for each in found] == ["delivery:must_be", "gift wrap:attractive"]
    delivery, wrap = found
    assert (delivery.customers, delivery.answers, delivery.share) == (30, 31, 30 / 31)
    assert delivery.share_interval == share_interval(30, 31)
    assert (delivery.details["leads"], wrap.details["leads"]) == (1, 0)
    assert (wrap.details["better"], wrap.details["worse"]) == (0.75, -0.25)


def test_the_last_answer_of_a_customer_counts_and_what_is_no_answer_does_not() -> None:
    twice = [*answers("wrap", (1, 5)), *answers("wrap", (3, 3))]
    assert [each.name for each in needs_of_features(twice)] == ["wrap:indifferent"]
    assert needs_of_features(answers("wrap", (0, 9))) == []


@given(first=st.integers(0, 100), second=st.integers(0, 100), others=st.integers(0, 100))
def test_a_lead_is_certain_by_fongs_test(first: int, second: int, others: int) -> None:
    total = first + second + others
    certain = is_lead_certain(first, second, total)
    if first <= second:
        assert not certain
    else:
        share = (first + second) / (2 * total)
        bound = 1.65 * sqrt(2 * total * share * (1 - share))
        assert certain == (first - second >= bound) or abs(first - second - bound) < 1e-9
