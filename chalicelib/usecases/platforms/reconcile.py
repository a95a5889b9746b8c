"""Compare the orders of a platform with our order records, and record what its webhooks missed. Each queue message
compares one page."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, Day, Instant, happened_at, start_of
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import apply_order_update
from chalicelib.domain.orders.update_values import values_in_update
from chalicelib.domain.platforms.reconciliation import Gaps, Reconciliation, find_gaps
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.record_order import record_before, record_order
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReconciliations,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
    )

    class ReconcileServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReconciliations,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `reconcile` uses."""


OVERLAP_MS = HOUR_MS
"""Changes shortly before the day are compared, too, because clocks differ and webhooks may be late."""


def first_pages(shop: Shop, day: Day) -> list[Reconciliation]:
    """The pages with which the nightly comparison of a day starts: one for each platform whose API we may call."""
    since = start_of(day, shop.time_zone) - OVERLAP_MS
    return [Reconciliation(shop=shop.id, source=source, day=day, since=since) for source in shop.asks]


def reconcile(services: "ReconcileServices", requested: Reconciliation) -> Gaps | None:
    """Compare one page, have the next one compared, and return what was missed in this one. None if the page was
    compared before, or the platform's API cannot be called. `RetryLater` if the platform does not answer."""
    stored = services.reconciliations.load(requested)
    shop = shop_of(services, requested.shop, fresh=False)
    if stored is None or stored.gaps is not None:
        return None
    page = services.platforms.orders_since(requested.shop, requested.source, stored.since, stored.cursor)
    if page is None:
        return None
    gaps = Gaps()
    for update in page.orders:
        gaps = gaps.plus(_compare(services, shop, update))
    if page.next is not None:
        services.reconciliations.add(replace(stored, page=stored.page + 1, cursor=page.next))
    services.reconciliations.settle(replace(stored, gaps=gaps))
    return gaps


def _compare(services: "ReconcileServices", shop: Shop, update: OrderUpdate) -> Gaps:
    record = record_before(services, shop, update.external_id, True)
    before = record if record.version else None
    occurred_at = happened_at(update.occurred_at, services.now())
    buyer = _buyer_id(services, shop, update, occurred_at)
    values = values_in_update(update, buyer, before, occurred_at, services.now())
    is_known = before is not None and not before.is_of_statements  # a statement alone is no update of the order
    after = apply_order_update(record, update, values, occurred_at, services.now())
    gaps = find_gaps(before if is_known else None, after)
    if gaps.missed:
        stored = record_order(services, shop, update, services.now())
        check_refund_conflicts(services, shop, stored, services.now())
    return gaps


def _buyer_id(services: "ReconcileServices", shop: Shop, update: OrderUpdate, occurred_at: Instant) -> str | None:
    """The id of the buyer, or the id that a new customer will have. No customer is stored here, because the comparison
    may find that nothing was missed."""
    if update.customer is None:
        return None
    key = customer_key(services, shop.id, update.customer.external_id)
    customer = services.customers.load([key]).get(key)
    return customer.id if customer else new_id(occurred_at, key)
