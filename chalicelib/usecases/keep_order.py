"""Keep what a shop tells of an order, and fill in what a case says too little of."""

from itertools import count
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.events import SYSTEM
from chalicelib.domain.ids import key_in
from chalicelib.domain.instants import Instant, day_of, of_datetime
from chalicelib.domain.order_inputs import OrderTold, instant_of
from chalicelib.domain.orders import Order
from chalicelib.domain.platforms.told import PLATFORM_NAMES
from chalicelib.domain.sales import OF_THE_ORDER, Sale, hear, news_of
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.family import root_of
from chalicelib.usecases.meet_customer import customer_key, meet, of_order
from chalicelib.usecases.merge_customers import merge
from chalicelib.usecases.ports import Raced
from chalicelib.usecases.record import ATTEMPTS, Busy


def keep_order(desk: Desk, shop: Shop, told: OrderTold, now: Instant) -> Sale:
    """The sale after what was told of it. Told twice, late or in disorder, it comes to the same."""
    at = of_datetime(told.occurred_at) if told.occurred_at else now
    news = news_in(desk, shop, told, at)
    for attempt in count():
        before = desk.sales.load(shop.id, told.external_id) or Sale(shop=shop.id, external_id=told.external_id)
        after = hear(before, news, at)
        if after == before:
            return before
        try:
            kept = desk.sales.save(before, after, shop, _changed_days(before, after, shop, desk.now()))
            if before.customer is None and kept.customer is not None:
                known_by_order(desk, shop, kept)
            return kept
        except Raced:
            desk.pause(attempt)
        if attempt == ATTEMPTS:
            raise Busy(f"order {key_in(told.external_id)} was written by others {ATTEMPTS} times in a row")
    raise AssertionError("it is written, or somebody is too busy")


def news_in(desk: Desk, shop: Shop, told: OrderTold, at: Instant) -> dict[str, Any]:
    """What is told of an order, thing by thing, with its buyer as we know them."""
    customer = meet(desk, shop, told.customer, at) if told.customer else None
    return news_of(
        told.order(), customer.id if customer else None, instant_of(told.cancelled_at),
        tuple(one.parcel() for one in told.parcels), tuple(one.refund() for one in told.refunds),
    )  # fmt: skip


def known_by_order(desk: Desk, shop: Shop, sale: Sale) -> None:
    """Who was known by nothing but this order, from a case that came before it, is its buyer."""
    nobodies = [customer_key(desk, shop.id, of_order(source, sale.external_id)) for source in PLATFORM_NAMES]
    buyer = root_of(desk, key_in(sale.customer or ""))
    for nobody in desk.customers.load(nobodies).values():
        if buyer is not None and buyer.erased_at is None and nobody.root is None and nobody.erased_at is None:
            merge(desk, buyer, nobody, SYSTEM, "the buyer of the order")
            buyer = root_of(desk, key_in(buyer.id))


def _changed_days(before: Sale, after: Sale, shop: Shop, now: Instant) -> frozenset[str]:
    """The past days whose deliveries are no longer what was told."""
    told = {day_of(one.delivered_at, shop.time_zone) for one in (before, after) if one.told and one.delivered_at}
    return frozenset(day for day in told if day < day_of(now, shop.time_zone))


def known_order(desk: Desk, shop: str, order: Order | None) -> Order | None:
    """The order of a case with what the shop told of it elsewhere, where the case does not say. An order that was
    called by the number people know has the platform's id then, so that all its cases stand in one list."""
    sale = desk.sales.load(shop, order.external_id) if order is not None else None
    if order is None or sale is None:
        return order
    known = sale.order
    told = {name: getattr(order, name) or getattr(known, name) for name in OF_THE_ORDER}
    return replace(order, external_id=known.external_id, **told)
