"""What is known of an order on the promised day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.order_facts import FACTS, order_facts

BOUGHT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDER: dict[str, Any] = {
    "purchased_at": "2026-03-02T09:00:00Z",
    "handed_over_at": "2026-03-04T09:00:00Z",
    "delivered_at": "2026-03-07T09:00:00Z",
    "promised_at": "2026-03-10T09:00:00Z",
    "items": [
        {"seller": "a", "product": "cup", "hand_over_by": "2026-03-05T09:00:00Z"},
        {"seller": "b", "product": "cup", "hand_over_by": "2026-03-03T09:00:00Z"},
    ],
}


def facts_of(**changes: object) -> dict[str, float | None]:
    return dict(zip([fact.name for fact in FACTS], order_facts(ORDER | changes), strict=True))


def test_an_order_that_came_in_time_has_all_facts() -> None:
    assert facts_of() == {
        "undelivered": 0,
        "not_handed_over": 0,
        "days_early": 3,
        "items": 2,
        "sellers": 2,
        "products": 1,
        "handling_days": 2,
        "days_late_to_carrier": 1,
        "transit_days": 5,
        "promised_days": 8,
    }


@given(days=st.integers(1, 90))
def test_what_happens_after_the_promised_day_is_not_known_on_it(days: int) -> None:
    late = (BOUGHT + timedelta(days=8 + days)).isoformat()
    assert facts_of(delivered_at=late, handed_over_at=late) == facts_of(delivered_at=None, handed_over_at=None)


def test_a_parcel_that_comes_late_on_the_promised_day_comes_in_time() -> None:
    assert facts_of(delivered_at="2026-03-10T23:59:00Z")["undelivered"] == 0


def test_an_order_of_which_nothing_is_known_has_no_days() -> None:
    facts = dict(zip([fact.name for fact in FACTS], order_facts({}), strict=True))
    assert facts["undelivered"] == 1
    assert facts["sellers"] is facts["promised_days"] is facts["transit_days"] is None


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        order_facts(ORDER | {"delivered_at": "yesterday"})
