"""Keep what a shop tells of an order, and fill in what a case says too little of."""

from typing import Any

from msgspec.structs import replace

from chalicelib.domain.customers import Customer
from chalicelib.domain.errors import Conflict
from chalicelib.domain.events import SYSTEM
from chalicelib.domain.ids import key_in, key_of
from chalicelib.domain.instants import Instant, day_of, of_datetime
from chalicelib.domain.order_inputs import OrderTold, instant_of
from chalicelib.domain.orders import Order
from chalicelib.domain.parcels import of_platform
from chalicelib.domain.platforms.told import PLATFORM_NAMES
from chalicelib.domain.sales import OF_THE_ORDER, Sale, hear_order, news_of
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.family import root_of
from chalicelib.usecases.meet_customer import customer_key, meet, of_order
from chalicelib.usecases.merge_customers import merge
from chalicelib.usecases.ports import Raced
from chalicelib.usecases.record import ATTEMPTS, Busy


def keep_order(desk: Desk, shop: Shop, told: OrderTold, now: Instant) -> Sale:
    """The sale after what was told of it, and heard `now`. Told twice, late or in disorder, it comes to the same."""
    at = min(of_datetime(told.occurred_at), now) if told.occurred_at else now
    customer = meet(desk, shop, told.customer, at) if told.customer else None
    news = news_in(told, customer.id if customer else None)
    for attempt in range(ATTEMPTS):
        before = desk.sales.load(shop.id, told.external_id) or Sale(shop=shop.id, external_id=told.external_id)
        after = hear_order(before, told, news, at, now)
        if after == before:
            return before
        if customer is not None and before.customer is None:
            _known_by_order(desk, shop, told.external_id, customer)
        try:
            return desk.sales.save(before, after, shop, _changed_days(before, after, shop, desk.now()), desk.now())
        except Raced:
            desk.pause(attempt)
    raise Busy(f"order {key_of(shop.id, told.external_id)} was written by others {ATTEMPTS} times in a row")


def news_in(told: OrderTold, customer: str | None) -> dict[str, Any]:
    """What is told of an order, thing by thing, with the id its buyer has with us."""
    news = news_of(
        told.order(), customer, instant_of(told.cancelled_at),
        tuple(one.parcel() for one in told.parcels), tuple(one.refund() for one in told.refunds),
    )  # fmt: skip
    return of_platform(news, told)


def _known_by_order(desk: Desk, shop: Shop, order: str, customer: Customer) -> None:
    """Who was known by nothing but this order, from a case that came before it, is its buyer. Done before the order is
    kept: once it is, nobody would do it again."""
    nobodies = [customer_key(desk, shop.id, of_order(source, order)) for source in PLATFORM_NAMES]
    for nobody in desk.customers.load(nobodies).values():
        buyer = root_of(desk, key_in(customer.id))
        if buyer is None or buyer.erased_at is not None or nobody.root is not None or nobody.erased_at is not None:
            continue
        try:
            merge(desk, buyer, nobody, SYSTEM, "the buyer of the order")
        except Conflict as conflict:  # somebody merges one of them at this moment
            raise Busy(str(conflict)) from None


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
