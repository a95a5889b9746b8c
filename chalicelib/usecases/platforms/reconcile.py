"""Compare a platform's orders with what its webhooks told, and fetch what was missed. One page a message."""

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import HOUR, Day, Instant, happened_at, start_of
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.orders.order_record import hear_order
from chalicelib.domain.platforms.reconciliation import Gaps, Reconciliation, gap_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import ask_finance
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.record_order import keep_order, news_in, sale_before
from chalicelib.usecases.ports.services import Desk, shop_of

SLACK = HOUR
"""Changes of so long before a day are looked at, too: clocks differ, and webhooks come late."""


def of_night(shop: Shop, day: Day) -> list[Reconciliation]:
    """What is to be compared when a day has ended: a first page for each platform that can be asked."""
    since = start_of(day, shop.time_zone) - SLACK
    return [Reconciliation(shop=shop.id, source=source, day=day, since=since) for source in shop.asks]


def reconcile(desk: Desk, asked: Reconciliation) -> Gaps | None:
    """Compare one page and have the next one compared; what was missed in it. None when it was done before, or the
    platform cannot be asked. `Later` when it does not answer."""
    known = desk.reconciliations.load(asked)
    shop = shop_of(desk, asked.shop, fresh=False)
    if known is None or known.gaps is not None:
        return None
    page = desk.platforms.orders_since(asked.shop, asked.source, known.since, known.cursor)
    if page is None:
        return None
    gaps = Gaps()
    for told in page.orders:
        gaps = gaps.plus(_compare(desk, shop, told))
    if page.next is not None:
        desk.reconciliations.add(replace(known, page=known.page + 1, cursor=page.next))
    desk.reconciliations.settle(replace(known, gaps=gaps))
    return gaps


def _compare(desk: Desk, shop: Shop, told: OrderTold) -> Gaps:
    sale = sale_before(desk, shop, told.external_id, True)
    before = sale if sale.version else None
    at = happened_at(told.occurred_at, desk.now())
    news = news_in(told, _buyer(desk, shop, told, at), before, at, desk.now())
    known = None if before is not None and before.is_of_statements else before  # nobody told of the order itself
    gaps = gap_of(known, hear_order(sale, told, news, at, desk.now()))
    if gaps.missed:
        ask_finance(desk, shop, keep_order(desk, shop, told, desk.now()), desk.now())
    return gaps


def _buyer(desk: Desk, shop: Shop, told: OrderTold, at: Instant) -> str | None:
    """The id the buyer has, or will have; nothing is written of them where nothing was missed."""
    if told.customer is None:
        return None
    key = customer_key(desk, shop.id, told.customer.external_id)
    known = desk.customers.load([key]).get(key)
    return known.id if known else new_id(at, key)
