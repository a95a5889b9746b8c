"""Order records, and the cases that depend on them."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports.cases import RetryLater, VersionConflict
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import request
from tests.support.customers.customers import add_customer, reload
from tests.support.orders.orders import record


def test_an_order_whose_buyer_is_merged_by_others_at_this_moment_is_handled_later_and_then_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services = FakeServices()
    nobody = add_customer(services, "shopify/order/1")
    update = msgspec.convert({"external_id": "1", "customer": {"external_id": "fang"}}, OrderUpdate)
    with monkeypatch.context() as others:
        others.setattr(services.identities, "link", _raced)
        with pytest.raises(RetryLater):
            record_order(services, SHOP, update, NOON)
    assert services.customers.stored[key_of_id(nobody.id)].root is None
    kept = record_order(services, SHOP, update, NOON)
    assert reload(services, nobody).root == key_of_id(str(kept.customer))


def _raced(*_: Any) -> None:
    raise VersionConflict


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


def test_a_later_update_adds_to_the_order_record_and_what_it_leaves_out_stays() -> None:
    services = FakeServices()
    record(services, **WHOLE)
    order_record = record(services, delivered_at=DELIVERED, occurred_at=DELIVERED)
    assert [item.sku for item in order_record.order.items] == ["LAMP-01", "BULB"]
    assert order_record.order.delivered_at == parse_instant(DELIVERED)
    assert services.customers.load([str(order_record.customer)[-16:]])


def test_an_older_update_that_comes_late_changes_only_what_was_not_updated_since() -> None:
    services = FakeServices()
    record(services, total={"amount": "5.00", "currency": "CNY"}, occurred_at="2026-11-12T00:00:00Z")
    order_record = record(services, **WHOLE)
    assert order_record.order.total is not None
    assert (order_record.order.total.amount, len(order_record.order.items)) == ("5.00", 2)


def test_an_order_in_two_parcels_is_delivered_when_the_second_has_come() -> None:
    services = FakeServices()
    record(services, **WHOLE)
    first = {"id": "P1", "shipped_at": "2026-11-11T00:00:00Z", "delivered_at": "2026-11-13T00:00:00Z"}
    order_record = record(services, parcels=[first, {"id": "P2", "shipped_at": "2026-11-12T00:00:00Z"}])
    assert order_record.delivered_at is None
    order_record = record(services, parcels=[{"id": "P2", "delivered_at": "2026-11-16T00:00:00Z"}])
    assert order_record.delivered_at == parse_instant("2026-11-16T00:00:00Z")
    assert [(one.id, one.shipped_at is not None) for one in order_record.parcels] == [("P1", True), ("P2", True)]


def test_the_same_told_twice_is_written_once() -> None:
    services = FakeServices()
    assert record(services, **WHOLE).version == record(services, **WHOLE).version == 1


def test_a_delivery_reported_late_marks_its_day_to_be_restated() -> None:
    services = FakeServices()
    record(services, **WHOLE)
    record(services, delivered_at=DELIVERED)
    assert services.order_records.dirty == {"2026-11-15"}


def test_a_case_that_names_an_order_by_its_number_is_judged_by_what_the_shop_reported_of_it() -> None:
    services = FakeServices()
    record(services, **WHOLE, delivered_at=DELIVERED)
    services.hook("case.requested", request(order={"external_id": "O-77"}, claim={"reason": "unwanted"}))
    flow = case_in(services).flow
    assert flow is not None
    assert [one.name for one in flow.rulings] == ["no_reason_window"]
    assert {item.sku: item.quantity for item in flow.items} == {"LAMP-01": 2, "BULB": 1}
    assert flow.bought is not None
    assert flow.bought.delivered_at == parse_instant(DELIVERED)


def test_what_the_case_itself_says_of_its_order_stands() -> None:
    services = FakeServices()
    record(services, **WHOLE, delivered_at=DELIVERED)
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
