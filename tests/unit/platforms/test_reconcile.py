"""The nightly reconciliation of platforms' orders with their webhooks."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import parse_instant, to_datetime
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.reconciliation import Gaps, OrderPage
from chalicelib.domain.platforms.shopify.graphql.orders import parse_order_answer
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.usecases.metrics.schedule_days import schedule_days
from chalicelib.usecases.platforms.reconcile import first_pages, reconcile
from chalicelib.usecases.ports import RetryLater
from chalicelib.usecases.shops.manage_sources import put_source, read_source
from tests.fakes import NOON, FakeServices
from tests.support.platforms.platform_webhooks import FIXTURES, order_record_of, process_shopify

ACCESS = SourceIn(store="lantern.myshopify.com", token="a-token-of-the-admin-api")


def compared(services: FakeServices) -> Gaps:
    """The newest reconciliation, page after page."""
    (first,) = first_pages(services.shops.stored["demo"], "2026-11-19")
    services.reconciliations.add(first)
    for _ in range(9):
        for one in list(services.reconciliations.stored.values()):
            reconcile(services, one)
    return read_source(services, "demo", "shopify").gaps


def an_order(number: int, **more: Any) -> OrderUpdate:
    fields = {"external_id": str(number), "items": [{"sku": "A"}], "occurred_at": "2026-11-19T10:00:00Z"} | more
    return msgspec.convert(fields, OrderUpdate)


def test_what_webhooks_missed_is_counted_and_fetched_and_what_they_told_is_not() -> None:
    services = FakeServices()
    put_source(services, "demo", "shopify", ACCESS)
    services.hook("order.updated", {"external_id": "1", "items": [{"sku": "A"}], "occurred_at": "2026-11-19T10:00:00Z"})
    services.hook("order.updated", {"external_id": "2", "items": [{"sku": "B"}], "occurred_at": "2026-11-18T10:00:00Z"})
    refund = {"id": "9", "amount": {"amount": "5.00", "currency": "EUR"}}
    services.platforms.changed = [
        OrderPage((an_order(1), an_order(2, refunds=[refund]))),
        OrderPage((an_order(3),)),
    ]
    assert compared(services) == Gaps(checked=3, unknown=1, changed=1, refunds=1)
    assert order_record_of(services, "3").order.items[0].sku == "A"
    assert [one.id for one in order_record_of(services, "2").refunds] == ["9"]
    assert compared(services) == Gaps(checked=3, unknown=1, changed=1, refunds=1)
    assert len(services.platforms.asked) == 2


def test_nothing_is_written_of_the_buyer_of_an_order_nothing_was_missed_of() -> None:
    services = FakeServices()
    put_source(services, "demo", "shopify", ACCESS)
    order = an_order(1, customer={"external_id": "shopify/7", "name": "Fang"})
    services.platforms.changed = [OrderPage((order,))]
    assert compared(services) == Gaps(checked=1, unknown=1)
    (buyer,), services.customers.stored = services.customers.stored.values(), dict(services.customers.stored)
    again = an_order(1, customer={"external_id": "shopify/7", "name": "Another name"})
    services.platforms.changed, services.reconciliations.stored = [OrderPage((again,))], {}
    assert compared(services) == Gaps(checked=1)
    assert list(services.customers.stored.values()) == [buyer]


def test_a_platform_that_does_not_answer_at_night_leaves_its_page_to_be_done() -> None:
    services = FakeServices()
    put_source(services, "demo", "shopify", ACCESS)
    (first,) = first_pages(services.shops.stored["demo"], "2026-11-19")
    services.reconciliations.add(first)
    services.platforms.trouble = RetryLater("away")
    with pytest.raises(RetryLater):
        reconcile(services, first)
    services.platforms.trouble, services.platforms.changed = None, [OrderPage((an_order(1),))]
    assert reconcile(services, first) == Gaps(checked=1, unknown=1)


class Asked:
    """The reconciliations that were requested."""

    def request_run(self, run: str, shop: str, day: str, now: int) -> None:
        pass

    def last_requested_day(self, shop: str) -> str | None:
        return None

    def save_requested_day(self, shop: str, day: str) -> None:
        pass


def test_each_night_compares_every_platform_that_can_be_asked_and_no_other() -> None:
    services = FakeServices()
    schedule_days(services, Asked(), NOON)
    assert services.reconciliations.stored == {}
    put_source(services, "demo", "shopify", ACCESS)
    schedule_days(services, Asked(), NOON)
    ((key, page),) = services.reconciliations.stored.items()
    assert (key, page.since) == (("demo", "shopify", "2026-11-19", 0), parse_instant("2026-11-18T23:00:00+08:00"))


def test_the_same_order_in_other_words_was_not_missed() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "orders-fulfilled", "fulfillments-update", "refunds-create")
    order = parse_order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert order is not None
    came = replace(order.parcels[0], delivered_at=to_datetime(parse_instant("2026-11-14T14:05:00Z")))
    asked = replace(order, parcels=(came,), cancelled_at=to_datetime(parse_instant("2026-11-10T12:00:00Z")))
    put_source(services, "demo", "shopify", ACCESS)
    services.platforms.changed = [OrderPage((asked,))]
    assert compared(services) == Gaps(checked=1)


def test_what_the_platform_took_back_unheard_is_missed_and_taken_back() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "orders-fulfilled", "fulfillments-update", "refunds-create")
    assert len(order_record_of(services).parcels) == 1
    order = parse_order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert order is not None
    put_source(services, "demo", "shopify", ACCESS)
    services.platforms.changed = [OrderPage((replace(order, parcels=()),))]
    assert compared(services) == Gaps(checked=1, changed=1)
    assert (order_record_of(services).parcels, order_record_of(services).cancelled_at) == ((), None)
