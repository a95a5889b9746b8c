"""What is known of an order at each stage."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.order_facts import FACTS
from chalicelib.domain.insights.outcomes.stages import Stage, due, stage_days, stage_facts
from tests.support.insights.outcomes import ZONE, order

LATE = order(bought=10, promised=20, handed=12, delivered=23, skus=("A", "A", "B"))


def known(stage: Stage, **changes: float) -> dict[str, float]:
    """The known facts of an order at a stage, by name."""
    values = stage_facts(order(**({"bought": 10, "promised": 20} | changes)), stage, ZONE)  # type: ignore[arg-type]
    return {fact.name: value for fact, value in zip(FACTS, values, strict=True) if value is not None}


def test_at_the_order_only_what_was_bought_and_promised_is_known() -> None:
    values = stage_facts(LATE, "order", ZONE)
    facts = {fact.name: value for fact, value in zip(FACTS, values, strict=True) if value is not None}
    assert facts == {"items": 3, "products": 2, "promised_days": 10}


def test_at_hand_over_the_handling_is_known_and_the_delivery_is_not() -> None:
    facts = known("hand_over", handed=12.5, delivered=15)
    assert facts["handling_days"] == 2.5
    assert not {"undelivered", "days_early", "transit_days"} & facts.keys()


def test_on_the_promised_day_it_is_known_whether_it_arrived() -> None:
    assert known("promised_day", handed=12, delivered=15)["days_early"] == 5
    late = known("promised_day", handed=12, delivered=23)
    assert late["undelivered"] == 1
    assert "transit_days" not in late


@given(delivered=st.floats(21, 200), handed=st.floats(21, 200))
def test_what_happens_after_a_stage_changes_nothing_of_it(delivered: float, handed: float) -> None:
    assert known("promised_day", delivered=delivered, handed=handed) == known("promised_day")
    assert known("order", delivered=delivered, handed=handed) == known("order")


def test_an_order_is_at_each_stage_on_one_day() -> None:
    days = {"O-1": stage_days(LATE, ZONE), "O-2": stage_days(order("O-2", bought=12, handed=12), ZONE)}
    assert days["O-1"] == {"order": "2026-01-11", "hand_over": "2026-01-13", "promised_day": "2026-01-21"}
    assert list(due(days, "2026-01-13")) == [("O-1", "hand_over"), ("O-2", "hand_over")]
    assert list(due(days, "2026-01-14")) == []


def test_orders_without_a_promise_are_at_no_stage_and_a_late_hand_over_is_none() -> None:
    assert stage_days(order(promised=None), ZONE) == stage_days(order(cancelled=11), ZONE) == {}
    assert stage_days(order(promised=20, handed=22), ZONE).keys() == {"order", "promised_day"}
