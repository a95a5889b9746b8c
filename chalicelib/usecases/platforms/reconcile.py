"""Compare a platform's orders with what its webhooks told, and fetch what was missed. One page a message."""

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, Day, Instant, happened_at, start_of
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import apply_order_update
from chalicelib.domain.orders.update_values import values_in_update
from chalicelib.domain.platforms.reconciliation import Gaps, Reconciliation, gap_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.record_order import record_before, record_order
from chalicelib.usecases.ports.services import Services, shop_of

SLACK = HOUR_MS
"""Changes of so long before a day are looked at, too: clocks differ, and webhooks come late."""


def of_night(shop: Shop, day: Day) -> list[Reconciliation]:
    """What is to be compared when a day has ended: a first page for each platform that can be asked."""
    since = start_of(day, shop.time_zone) - SLACK
    return [Reconciliation(shop=shop.id, source=source, day=day, since=since) for source in shop.asks]


def reconcile(services: Services, asked: Reconciliation) -> Gaps | None:
    """Compare one page and have the next one compared; what was missed in it. None when it was done before, or the
    platform cannot be asked. `RetryLater` when it does not answer."""
    known = services.reconciliations.load(asked)
    shop = shop_of(services, asked.shop, fresh=False)
    if known is None or known.gaps is not None:
        return None
    page = services.platforms.orders_since(asked.shop, asked.source, known.since, known.cursor)
    if page is None:
        return None
    gaps = Gaps()
    for told in page.orders:
        gaps = gaps.plus(_compare(services, shop, told))
    if page.next is not None:
        services.reconciliations.add(replace(known, page=known.page + 1, cursor=page.next))
    services.reconciliations.settle(replace(known, gaps=gaps))
    return gaps


def _compare(services: Services, shop: Shop, told: OrderUpdate) -> Gaps:
    sale = record_before(services, shop, told.external_id, True)
    before = sale if sale.version else None
    at = happened_at(told.occurred_at, services.now())
    news = values_in_update(told, _buyer(services, shop, told, at), before, at, services.now())
    known = None if before is not None and before.is_of_statements else before  # nobody told of the order itself
    gaps = gap_of(known, apply_order_update(sale, told, news, at, services.now()))
    if gaps.missed:
        check_refund_conflicts(services, shop, record_order(services, shop, told, services.now()), services.now())
    return gaps


def _buyer(services: Services, shop: Shop, told: OrderUpdate, at: Instant) -> str | None:
    """The id the buyer has, or will have; nothing is written of them where nothing was missed."""
    if told.customer is None:
        return None
    key = customer_key(services, shop.id, told.customer.external_id)
    known = services.customers.load([key]).get(key)
    return known.id if known else new_id(at, key)
