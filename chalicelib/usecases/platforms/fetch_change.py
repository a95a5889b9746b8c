"""Fetch an order or a return from the platform after a notice that it changed."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.platforms.handle_return import handle_fetched_return
from chalicelib.usecases.platforms.open_platform_case import platform_source
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
    )

    class FetchChangeServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `fetch_change` uses."""


def fetch_change(services: "FetchChangeServices", shop: Shop, data: ChangeNotice, receipt: Receipt) -> str | None:
    """Fetch the object and handle it as if the platform had sent it. Returns the id of its case; None for an order.
    `RetryLater` if the platform does not answer. NotFound if the API cannot be called, or does not have the object."""
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
    raise NotFound(f"The {data.what} {data.id} changed, but the platform's API cannot be called or does not have it.")
