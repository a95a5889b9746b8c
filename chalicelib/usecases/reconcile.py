"""Compare a platform's orders with what its webhooks told, and fetch what was missed. One page a message."""

from msgspec.structs import replace

from chalicelib.domain.instants import HOUR, Day, of_datetime, start_of
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.reconciling import Gaps, Reconciliation, gap_of, values
from chalicelib.domain.sales import Sale, hear
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk, shop_of
from chalicelib.usecases.keep_order import keep_order, news_in

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
    before = desk.sales.load(shop.id, told.external_id)
    at = of_datetime(told.occurred_at) if told.occurred_at else desk.now()
    after = hear(before or Sale(shop=shop.id, external_id=told.external_id), news_in(desk, shop, told, at), at)
    gaps = gap_of(before, after)
    if values(before) != values(after):
        keep_order(desk, shop, told, desk.now())
    return gaps
