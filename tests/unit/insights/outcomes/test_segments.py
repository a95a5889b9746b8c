"""Customers in groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.findings import Segment
from chalicelib.domain.insights.outcomes.segments import customer_segments
from chalicelib.domain.insights.outcomes.shares import share_interval
from tests.support.insights.outcomes import case, inputs, order, said

SCORES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10)), min_size=1, max_size=30)


def by_name(found: list[Segment]) -> dict[tuple[str, str], Segment]:
    return {(each.kind, each.name): each for each in found}


@given(scores=SCORES)
def test_everybody_who_answered_is_in_one_segment_of_each_kind(scores: list[tuple[int, int]]) -> None:
    cases = tuple(
        case(f"case-{place}", customer=f"C-{place}", csat=csat, nps=nps) for place, (csat, nps) in enumerate(scores)
    )
    found = by_name(customer_segments(inputs(cases=cases)))
    names = ("satisfied", "neutral", "dissatisfied", "promoters", "passives", "detractors")
    sizes = [sum(each.customers for each in found.values() if each.name == name) for name in names]
    assert sizes[0] == sum(csat >= 4 for csat, _ in scores)
    assert sizes[2] == sum(csat <= 2 for csat, _ in scores)
    assert sizes[3] == sum(nps >= 9 for _, nps in scores)
    assert sizes[5] == sum(nps <= 6 for _, nps in scores)
    assert sum(sizes[:3]) == sum(sizes[3:]) == len(scores)
    assert all(each.share_interval == share_interval(each.customers, len(scores)) for each in found.values())


def test_a_customer_counts_once_with_the_last_answer() -> None:
    cases = (case("case-1", opened=12, csat=1, nps=2), case("case-2", opened=20, csat=5))
    words = (said(day=30, customer="C-1", nps=10, source="survey"),)
    found = by_name(customer_segments(inputs(cases=cases, said=words)))
    assert set(found) == {("satisfaction", "satisfied"), ("loyalty", "promoters")}
    assert (found["satisfaction", "satisfied"].csat, found["satisfaction", "satisfied"].nps) == (5, 100)


def test_a_segment_says_how_many_of_its_customers_answered() -> None:
    orders = (*(order(f"O-{place}", customer=f"C-{place}") for place in range(4)), order("O-9", bought=40))
    found = by_name(
        customer_segments(inputs(orders=orders, cases=(case(csat=4), case("case-2", customer="C-2", csat=3))))
    )
    single, repeat = found["loyalty", "single"], found["loyalty", "repeat"]
    assert (single.customers, single.share, single.answers, single.csat, single.nps) == (3, 0.75, 1, 3, None)
    assert (repeat.customers, repeat.answers, repeat.csat) == (1, 1, 4)
    assert sum(each.share for each in found.values() if each.kind == "value") == pytest.approx(1)
    assert customer_segments(inputs(cases=(case(),), said=(said(),))) == []
