"""The value of customers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.customers.segments import segments
from chalicelib.domain.customers.segments import standing_of
from chalicelib.domain.insights.outcomes.rfm import loyalty_name, purchases_of, rfm_names
from tests.support.insights.outcomes import on, order

NOW = on(900)
ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "customer": st.sampled_from(["C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7"]),
            "bought": st.integers(200, 899).map(lambda day: day + 0.25),
            "total": st.sampled_from(["5.00", "10.00", "10.50", "99.00", None]),
            "currency": st.sampled_from(["EUR", "EUR", "USD"]),
            "cancelled": st.sampled_from([None, None, 899.5]),
        }
    ),
    max_size=30,
)


@settings(max_examples=15, deadline=None)
@given(rows=ORDERS)
def test_the_segments_are_those_on_the_records_of_customers(rows: list[dict[str, Any]]) -> None:
    records = [order(f"O-{place}", **row) for place, row in enumerate(rows)]
    keys = sorted({row["customer"] for row in rows})
    of_each = {key: [record for record in records if record.customer == key] for key in keys}
    standings = [standing_of(key, (key,), of_each[key], [], NOW) for key in keys]
    expected = segments([standing for standing in standings if standing is not None], NOW)
    purchases = purchases_of(records, NOW)
    assert rfm_names(purchases) == {key: each.rfm for key, each in expected.items()}
    assert {key: loyalty_name(each) for key, each in purchases.items()} == {
        key: each.loyalty for key, each in expected.items()
    }


def test_the_best_customers_bought_lately_often_and_much() -> None:
    rare = [order(f"O-{place}", customer=f"C-{place}", bought=100 + place, total="5.00") for place in range(9)]
    often = [order(f"P-{place}", customer="best", bought=880 + place, total="90.00") for place in range(6)]
    names = rfm_names(purchases_of(rare + often, NOW))
    assert names["best"] == "champions"
    assert names["C-0"] == "lost"
    assert purchases_of([order(customer=None), order(cancelled=11), order(bought=901)], NOW) == {}
