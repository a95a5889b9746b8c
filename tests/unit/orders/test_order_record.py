"""Updates of an order lead to the same record in whatever order they arrive."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import DAY_MS, to_datetime
from chalicelib.domain.orders.order_record import OrderRecord, apply_order_update, apply_revisions
from chalicelib.domain.orders.platform_order import ParcelUpdate, PlatformOrder
from chalicelib.domain.orders.update_values import values_in_update
from tests.fakes import FakeServices
from tests.support.orders.orders import record

NAMES = st.sampled_from(["items", "total", "parcel/1/shipped_at", "parcel/1/delivered_at", "refund/9"])
UPDATES = st.lists(st.tuples(st.dictionaries(NAMES, st.integers(1, 3), max_size=3), st.integers(0, 3)), max_size=6)


@given(UPDATES, st.randoms())
def test_an_order_record_is_the_same_in_whatever_order_and_however_often_its_updates_arrive(
    updates: list[tuple[dict[str, int], int]], chance: Any
) -> None:
    first, again = OrderRecord(shop="demo", external_id="O"), OrderRecord(shop="demo", external_id="O")
    for values, at in updates:
        first = apply_revisions(first, values, at)
    shuffled = [*updates, *updates]
    chance.shuffle(shuffled)
    for values, at in shuffled:
        again = apply_revisions(again, values, at)
    assert again == first


PARCELS = st.lists(
    st.builds(
        ParcelUpdate,
        id=st.sampled_from(["1", "2"]),
        tracking=st.sampled_from(["A", "B", None]),
        delivered_at=st.sampled_from([to_datetime(1), to_datetime(2), None]),
    ),
    max_size=2,
    unique_by=lambda one: one.id,
).map(tuple)
ORDERS = st.builds(
    PlatformOrder,
    external_id=st.just("O"),
    parcels=PARCELS,
    called_off=st.sampled_from([(), ("1",), ("2",)]),
    cancelled_at=st.sampled_from([to_datetime(1), None]),
    gone=st.sampled_from([True, False, None]),
    whole=st.sampled_from([(), ("cancelled_at",), ("cancelled_at", "parcels", "delivered")]),
    fulfilled=st.sampled_from(["whole", "part", None]),
)


@given(st.lists(st.tuples(ORDERS, st.integers(0, 3), st.integers(0, 3)), max_size=6), st.randoms())
def test_what_platforms_take_back_comes_to_the_same_in_whatever_order_it_arrives(
    updates: list[tuple[PlatformOrder, int, int]], chance: Any
) -> None:
    def after(deliveries: list[tuple[PlatformOrder, int, int]]) -> OrderRecord:
        order_record = OrderRecord(shop="demo", external_id="O")
        for order, at, now in deliveries:
            order_record = apply_order_update(
                order_record, order, values_in_update(order, None, order_record, at, now), at, now
            )
        return order_record

    shuffled = [*updates, *updates]
    chance.shuffle(shuffled)
    first, again = after(updates), after(shuffled)
    assert again == first
    if first.told:
        assert (again.parcels, again.cancelled_at, again.delivered_at) == (
            first.parcels,
            first.cancelled_at,
            first.delivered_at,
        )


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1), st.integers(0, 4)), max_size=6), st.randoms())
def test_of_one_time_the_value_received_last_for_the_first_time_counts(
    updates: list[tuple[int, int, int]], chance: Any
) -> None:
    first: dict[tuple[int, int], int] = {}
    for value, at, received_at in updates:
        first[at, value] = min(received_at, first.get((at, value), received_at))
    order_record = OrderRecord(shop="demo", external_id="O")
    chance.shuffle(updates)
    for value, at, received_at in updates:
        order_record = apply_revisions(order_record, {"total": value}, at, received_at)
    expected = max(first.items(), key=lambda one: (one[0][0], one[1], str(one[0][1])), default=((0, None), 0))
    assert (order_record.told["total"].value if order_record.told else None) == expected[0][1]


def test_an_order_record_that_was_stored_by_an_earlier_version_is_read() -> None:
    revisions = b'{"parcel/1/delivered_at":[5,7],"items":[5,[{"sku":"A"}]]}'
    kept = b'{"shop":"demo","external_id":"O","version":3,"told":' + revisions + b"}"
    order_record = msgspec.json.decode(kept, type=OrderRecord)
    assert (
        order_record.delivered_at,
        [item.sku for item in order_record.order.items],
        order_record.told["items"].received_at,
    ) == (7, ["A"], 0)


def test_of_two_updates_of_one_second_the_one_received_later_stands() -> None:
    services, second = FakeServices(), "2026-11-12T00:00:00Z"
    for amount in ("100.00", "99.00", "100.50"):
        record(services, total={"amount": amount, "currency": "CNY"}, occurred_at=second)
        services.time += DAY_MS
    order_record = record(services, total={"amount": "99.00", "currency": "CNY"}, occurred_at=second)
    assert order_record.order.total is not None
    assert order_record.order.total.amount == "100.50"
