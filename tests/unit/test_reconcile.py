"""Comparing what platforms know of their orders with what their webhooks told, each night."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import parse, to_datetime
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.platforms.reconciliation import Gaps, OrderPage
from chalicelib.domain.platforms.shopify.graphql.orders import order_answer
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.usecases.metrics.schedule_days import plan_nights
from chalicelib.usecases.platforms.reconcile import of_night, reconcile
from chalicelib.usecases.ports import Later
from chalicelib.usecases.shops.manage_sources import put_source, read_source
from tests.fakes import NOON, FakeDesk
from tests.unit.test_platforms import FIXTURES, hear, sale_of

ACCESS = SourceIn(store="lantern.myshopify.com", token="a-token-of-the-admin-api")


def compared(desk: FakeDesk) -> Gaps:
    """The newest night's comparing, page after page."""
    (first,) = of_night(desk.shops.kept["demo"], "2026-11-19")
    desk.reconciliations.add(first)
    for _ in range(9):
        for one in list(desk.reconciliations.kept.values()):
            reconcile(desk, one)
    return read_source(desk, "demo", "shopify").gaps


def an_order(number: int, **more: Any) -> OrderTold:
    told = {"external_id": str(number), "items": [{"sku": "A"}], "occurred_at": "2026-11-19T10:00:00Z"} | more
    return msgspec.convert(told, OrderTold)


def test_what_webhooks_missed_is_counted_and_fetched_and_what_they_told_is_not() -> None:
    desk = FakeDesk()
    put_source(desk, "demo", "shopify", ACCESS)
    desk.hook("order.updated", {"external_id": "1", "items": [{"sku": "A"}], "occurred_at": "2026-11-19T10:00:00Z"})
    desk.hook("order.updated", {"external_id": "2", "items": [{"sku": "B"}], "occurred_at": "2026-11-18T10:00:00Z"})
    refund = {"id": "9", "amount": {"amount": "5.00", "currency": "EUR"}}
    desk.platforms.changed = [
        OrderPage((an_order(1), an_order(2, refunds=[refund]))),
        OrderPage((an_order(3),)),
    ]
    assert compared(desk) == Gaps(checked=3, unknown=1, changed=1, refunds=1)
    assert sale_of(desk, "3").order.items[0].sku == "A"
    assert [one.id for one in sale_of(desk, "2").refunds] == ["9"]
    assert compared(desk) == Gaps(checked=3, unknown=1, changed=1, refunds=1)
    assert len(desk.platforms.asked) == 2


def test_nothing_is_written_of_the_buyer_of_an_order_nothing_was_missed_of() -> None:
    desk = FakeDesk()
    put_source(desk, "demo", "shopify", ACCESS)
    order = an_order(1, customer={"external_id": "shopify/7", "name": "Fang"})
    desk.platforms.changed = [OrderPage((order,))]
    assert compared(desk) == Gaps(checked=1, unknown=1)
    (buyer,), desk.customers.kept = desk.customers.kept.values(), dict(desk.customers.kept)
    again = an_order(1, customer={"external_id": "shopify/7", "name": "Another name"})
    desk.platforms.changed, desk.reconciliations.kept = [OrderPage((again,))], {}
    assert compared(desk) == Gaps(checked=1)
    assert list(desk.customers.kept.values()) == [buyer]


def test_a_platform_that_does_not_answer_at_night_leaves_its_page_to_be_done() -> None:
    desk = FakeDesk()
    put_source(desk, "demo", "shopify", ACCESS)
    (first,) = of_night(desk.shops.kept["demo"], "2026-11-19")
    desk.reconciliations.add(first)
    desk.platforms.trouble = Later("away")
    with pytest.raises(Later):
        reconcile(desk, first)
    desk.platforms.trouble, desk.platforms.changed = None, [OrderPage((an_order(1),))]
    assert reconcile(desk, first) == Gaps(checked=1, unknown=1)


class Asked:
    """Nights that were asked for."""

    def ask(self, run: str, shop: str, day: str, now: int) -> None:
        pass

    def last_night(self, shop: str) -> str | None:
        return None

    def note_night(self, shop: str, day: str) -> None:
        pass


def test_each_night_compares_every_platform_that_can_be_asked_and_no_other() -> None:
    desk = FakeDesk()
    plan_nights(desk, Asked(), NOON)
    assert desk.reconciliations.kept == {}
    put_source(desk, "demo", "shopify", ACCESS)
    plan_nights(desk, Asked(), NOON)
    ((key, page),) = desk.reconciliations.kept.items()
    assert (key, page.since) == (("demo", "shopify", "2026-11-19", 0), parse("2026-11-18T23:00:00+08:00"))


def test_the_same_order_in_other_words_was_not_missed() -> None:
    desk = FakeDesk()
    hear(desk, "orders-create", "orders-fulfilled", "fulfillments-update", "refunds-create")
    told = order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert told is not None
    came = replace(told.parcels[0], delivered_at=to_datetime(parse("2026-11-14T14:05:00Z")))
    asked = replace(told, parcels=(came,), cancelled_at=to_datetime(parse("2026-11-10T12:00:00Z")))
    put_source(desk, "demo", "shopify", ACCESS)
    desk.platforms.changed = [OrderPage((asked,))]
    assert compared(desk) == Gaps(checked=1)


def test_what_the_platform_took_back_unheard_is_missed_and_taken_back() -> None:
    desk = FakeDesk()
    hear(desk, "orders-create", "orders-fulfilled", "fulfillments-update", "refunds-create")
    assert len(sale_of(desk).parcels) == 1
    told = order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert told is not None
    put_source(desk, "demo", "shopify", ACCESS)
    desk.platforms.changed = [OrderPage((replace(told, parcels=()),))]
    assert compared(desk) == Gaps(checked=1, changed=1)
    assert (sale_of(desk).parcels, sale_of(desk).cancelled_at) == ((), None)
