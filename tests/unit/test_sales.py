"""What shops tell of orders: in pieces, twice and in disorder it comes to the same sale, and cases live by it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant, to_datetime
from chalicelib.domain.orders.order_record import OrderRecord, apply_order_update, apply_revisions
from chalicelib.domain.orders.platform_order import ParcelUpdate, PlatformOrder
from chalicelib.domain.orders.update_values import values_in_update
from tests.fakes import FakeServices
from tests.unit.desk_work import case_in
from tests.unit.test_hooks import request

DELIVERED = "2026-11-15T10:00:00+08:00"
ITEMS = [{"sku": "LAMP-01", "quantity": 2, "price": {"amount": "99.00", "currency": "CNY"}}, {"sku": "BULB"}]
WHOLE: dict[str, Any] = {
    "external_id": "O-77",
    "items": ITEMS,
    "total": {"amount": "210.00", "currency": "CNY"},
    "purchased_at": "2026-11-10T09:00:00+08:00",
    "customer": {"external_id": "lei", "email": "lei@example.com"},
    "occurred_at": "2026-11-10T09:00:00+08:00",
}


def told(services: FakeServices, **more: Any) -> OrderRecord:
    """An `order.updated` about O-77; the sale after it."""
    assert services.hook("order.updated", {"external_id": "O-77"} | more).state == "processed"
    sale = services.order_records.load("demo", "O-77")
    assert sale is not None
    return sale


NAMES = st.sampled_from(["items", "total", "parcel/1/shipped_at", "parcel/1/delivered_at", "refund/9"])
TELLINGS = st.lists(st.tuples(st.dictionaries(NAMES, st.integers(1, 3), max_size=3), st.integers(0, 3)), max_size=6)


@given(TELLINGS, st.randoms())
def test_a_sale_is_the_same_in_whatever_order_and_however_often_it_is_told(
    tellings: list[tuple[dict[str, int], int]], chance: Any
) -> None:
    idempotency, again = OrderRecord(shop="demo", external_id="O"), OrderRecord(shop="demo", external_id="O")
    for news, at in tellings:
        idempotency = apply_revisions(idempotency, news, at)
    shuffled = [*tellings, *tellings]
    chance.shuffle(shuffled)
    for news, at in shuffled:
        again = apply_revisions(again, news, at)
    assert again == idempotency


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
def test_what_platforms_take_back_comes_to_the_same_in_whatever_order_it_is_told(
    tellings: list[tuple[PlatformOrder, int, int]], chance: Any
) -> None:
    def after(heard: list[tuple[PlatformOrder, int, int]]) -> OrderRecord:
        sale = OrderRecord(shop="demo", external_id="O")
        for told, at, now in heard:
            sale = apply_order_update(sale, told, values_in_update(told, None, sale, at, now), at, now)
        return sale

    shuffled = [*tellings, *tellings]
    chance.shuffle(shuffled)
    idempotency, again = after(tellings), after(shuffled)
    assert again == idempotency
    if idempotency.told:
        assert (again.parcels, again.cancelled_at, again.delivered_at) == (
            idempotency.parcels,
            idempotency.cancelled_at,
            idempotency.delivered_at,
        )


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1), st.integers(0, 4)), max_size=6), st.randoms())
def test_of_one_time_what_was_heard_last_for_the_first_time_counts(
    tellings: list[tuple[int, int, int]], chance: Any
) -> None:
    first: dict[tuple[int, int], int] = {}
    for value, at, heard in tellings:
        first[at, value] = min(heard, first.get((at, value), heard))
    sale = OrderRecord(shop="demo", external_id="O")
    chance.shuffle(tellings)
    for value, at, heard in tellings:
        sale = apply_revisions(sale, {"total": value}, at, heard)
    expected = max(first.items(), key=lambda one: (one[0][0], one[1], str(one[0][1])), default=((0, None), 0))
    assert (sale.told["total"].value if sale.told else None) == expected[0][1]


def test_a_sale_that_was_kept_by_an_earlier_version_is_read() -> None:
    told = b'{"parcel/1/delivered_at":[5,7],"items":[5,[{"sku":"A"}]]}'
    kept = b'{"shop":"demo","external_id":"O","version":3,"told":' + told + b"}"
    sale = msgspec.json.decode(kept, type=OrderRecord)
    assert (sale.delivered_at, [item.sku for item in sale.order.items], sale.told["items"].received_at) == (7, ["A"], 0)


def test_the_later_heard_of_two_tellings_of_one_second_stands() -> None:
    services, second = FakeServices(), "2026-11-12T00:00:00Z"
    for amount in ("100.00", "99.00", "100.50"):
        told(services, total={"amount": amount, "currency": "CNY"}, occurred_at=second)
        services.time += DAY_MS
    sale = told(services, total={"amount": "99.00", "currency": "CNY"}, occurred_at=second)
    assert sale.order.total is not None
    assert sale.order.total.amount == "100.50"


def test_what_is_told_later_adds_to_the_sale_and_what_is_left_out_stays() -> None:
    services = FakeServices()
    told(services, **WHOLE)
    sale = told(services, delivered_at=DELIVERED, occurred_at=DELIVERED)
    assert [item.sku for item in sale.order.items] == ["LAMP-01", "BULB"]
    assert sale.order.delivered_at == parse_instant(DELIVERED)
    assert services.customers.load([str(sale.customer)[-16:]])


def test_an_older_telling_that_comes_late_changes_only_what_was_not_told_since() -> None:
    services = FakeServices()
    told(services, total={"amount": "5.00", "currency": "CNY"}, occurred_at="2026-11-12T00:00:00Z")
    sale = told(services, **WHOLE)
    assert sale.order.total is not None
    assert (sale.order.total.amount, len(sale.order.items)) == ("5.00", 2)


def test_an_order_in_two_parcels_is_delivered_when_the_second_has_come() -> None:
    services = FakeServices()
    told(services, **WHOLE)
    first = {"id": "P1", "shipped_at": "2026-11-11T00:00:00Z", "delivered_at": "2026-11-13T00:00:00Z"}
    sale = told(services, parcels=[first, {"id": "P2", "shipped_at": "2026-11-12T00:00:00Z"}])
    assert sale.delivered_at is None
    sale = told(services, parcels=[{"id": "P2", "delivered_at": "2026-11-16T00:00:00Z"}])
    assert sale.delivered_at == parse_instant("2026-11-16T00:00:00Z")
    assert [(one.id, one.shipped_at is not None) for one in sale.parcels] == [("P1", True), ("P2", True)]


def test_the_same_told_twice_is_written_once() -> None:
    services = FakeServices()
    assert told(services, **WHOLE).version == told(services, **WHOLE).version == 1


def test_a_delivery_told_late_marks_its_day_to_be_restated() -> None:
    services = FakeServices()
    told(services, **WHOLE)
    told(services, delivered_at=DELIVERED)
    assert services.order_records.dirty == {"2026-11-15"}


def test_a_case_that_names_an_order_by_its_number_is_judged_by_what_the_shop_told_of_it() -> None:
    services = FakeServices()
    told(services, **WHOLE, delivered_at=DELIVERED)
    services.hook("case.requested", request(order={"external_id": "O-77"}, claim={"reason": "unwanted"}))
    flow = case_in(services).flow
    assert flow is not None
    assert [one.name for one in flow.rulings] == ["no_reason_window"]
    assert {item.sku: item.quantity for item in flow.items} == {"LAMP-01": 2, "BULB": 1}
    assert flow.bought is not None
    assert flow.bought.delivered_at == parse_instant(DELIVERED)


def test_what_the_case_itself_says_of_its_order_stands() -> None:
    services = FakeServices()
    told(services, **WHOLE, delivered_at=DELIVERED)
    order = {"external_id": "O-77", "items": [{"sku": "BULB"}]}
    services.hook("case.requested", request(order=order))
    flow = case_in(services).flow
    assert flow is not None
    assert [item.sku for item in flow.items] == ["BULB"]
    assert flow.bought is not None


@pytest.mark.parametrize(("bought", "asked"), [(5, True), (4, False), (6, False)])
def test_who_gives_back_more_than_half_of_their_orders_is_looked_at(bought: int, asked: bool) -> None:
    services = FakeServices()
    for number in range(bought):
        services.hook("order.updated", WHOLE | {"external_id": f"O-{number}", "customer": {"external_id": "fang"}})
    for number in range(3):
        services.hook(
            "case.requested",
            request(external_id=f"before-{number}", order={"external_id": f"O-{number}"}, occurred_at=None),
        )
    services.time += DAY_MS
    services.hook("case.requested", request(order={"external_id": "O-3"}, occurred_at=None))
    flow = case_in(services).flow
    assert flow is not None
    assert ("high_return_rate" in {one.name for one in flow.rulings}) is asked


def test_times_of_an_order_that_cannot_be_are_refused_with_their_place() -> None:
    wrong = {"external_id": "O-77", "parcels": [{"id": "P", "delivered_at": "1950-01-01T00:00:00Z"}]}
    with pytest.raises(Invalid, match=r"parcels\[0\]\.delivered_at"):
        FakeServices().deliver("order.updated", wrong)
