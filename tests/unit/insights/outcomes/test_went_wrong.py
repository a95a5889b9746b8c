"""Whether an order went wrong."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.flows.flow import Bought, start
from chalicelib.domain.insights.outcomes.went_wrong import FAULTS, OrderOutcome, order_outcomes
from chalicelib.domain.kernel.aftersales_enums import REASONS
from tests.support.insights.outcomes import case, inputs, on, order, said

ABOUT = said("opening", day=12, order="O-1", case="case-1")
LAST = 20 + 14
"""The last day of the order's time: it is promised for the 20th."""


def outcome(*more: Any, **changes: Any) -> OrderOutcome:
    """The outcome of an order that is promised for day 20, about which these cases and words are."""
    cases = tuple(each for each in more if hasattr(each, "number"))
    words = tuple(each for each in more if hasattr(each, "item"))
    return order_outcomes(inputs(said=(ABOUT, *words), cases=cases, orders=(order(**changes),)))["O-1"]


def test_a_complaint_or_a_refund_about_it_means_that_it_went_wrong() -> None:
    went = {kind: outcome(case(type=kind)).went_wrong for kind in ("complaint", "refund", "question", "return")}
    assert went == {"complaint": True, "refund": True, "question": False, "return": False}


def test_a_return_for_a_fault_does_and_one_for_a_size_or_a_whim_does_not() -> None:
    for reason in REASONS:
        flow = start("return", on(12), reason, ())
        assert outcome(case(type="return", flow=flow)).went_wrong is (reason in FAULTS)
        assert outcome(case(type="return", past_flows=(flow,))).went_wrong is (reason in FAULTS)
    assert len(FAULTS) == 6


@given(csat=st.integers(1, 5), stars=st.integers(1, 5))
def test_low_answers_and_few_stars_do(csat: int, stars: int) -> None:
    assert outcome(case(csat=csat)).went_wrong is (csat <= 2)
    review = said("review", day=22, source="review", order="O-1", score=float(stars))
    assert outcome(review).went_wrong is (stars <= 2)


@given(day=st.integers(-5, 60))
def test_only_what_comes_from_the_purchase_to_fourteen_days_after_the_promise_counts(day: int) -> None:
    found = outcome(case(type="complaint", opened=day))
    assert found.went_wrong is (10 <= day <= LAST)
    assert found.wrong_on == (None if not 10 <= day <= LAST else found.wrong_on)


def test_an_order_is_known_to_have_gone_well_when_its_time_is_over() -> None:
    orders = (order(),)
    assert order_outcomes(inputs(orders=orders, day="2026-02-04"))["O-1"].went_wrong is None
    assert order_outcomes(inputs(orders=orders, day="2026-02-05"))["O-1"].went_wrong is False
    assert order_outcomes(inputs(orders=orders, first="2026-01-12"))["O-1"].went_wrong is None


def test_orders_without_a_promise_and_cancelled_ones_have_no_outcome() -> None:
    orders = (order("O-1", promised=None), order("O-2", cancelled=11))
    assert order_outcomes(inputs(orders=orders)) == {}


def test_a_case_is_about_the_order_that_its_flow_is_of() -> None:
    flow = replace(start("return", on(12), "defective", ()), bought=Bought("O-2", on(11)))
    found = order_outcomes(inputs(cases=(case(flow=flow),), orders=(order("O-1"), order("O-2"))))
    assert (found["O-1"].went_wrong, found["O-2"].went_wrong) == (False, True)
