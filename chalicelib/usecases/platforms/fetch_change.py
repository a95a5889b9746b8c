"""Fetch from the platform what it only said had changed."""

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.platforms.handle_return import handle_fetched_return
from chalicelib.usecases.platforms.open_platform_case import platform_source
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services


def fetch_change(services: Services, shop: Shop, data: ChangeNotice, receipt: Receipt) -> str | None:
    """Fetch what changed and handle it as if the platform had sent it; the id of its case, if it is about one.
    `RetryLater` when the platform does not answer; NotFound when it cannot be asked, or does not know."""
    source = platform_source(receipt)
    if data.what == "return":
        returned = services.platforms.returned(shop.id, source, data.id)
        if returned is not None:
            return handle_fetched_return(services, shop, returned, receipt)
    else:
        order = services.platforms.order(shop.id, source, data.id)
        if order is not None:
            record_order(services, shop, order, services.now())
            return None
    raise NotFound(f"The {data.what} {data.id} must be asked of the platform: it cannot be, or the platform has none.")
