"""Act on what a platform tells: returns, disputes and people, each in a module of its own; what it told too little of
is asked for."""

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.platforms.events import (
    AccountDeleted,
    ChangeNotice,
    CustomersMerged,
    PlatformCustomer,
    PlatformDispute,
    PlatformReturn,
    ReturnShipped,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.platforms.handle_customer_event import handle_account_deleted, handle_customers_merged
from chalicelib.usecases.platforms.handle_dispute import handle_dispute
from chalicelib.usecases.platforms.handle_return import handle_fetched_return, handle_return, handle_return_shipped
from chalicelib.usecases.platforms.open_platform_case import platform_source
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services

AuthoredEmail = tuple[str | None, str | None]
"""The id of the case it is about, if it is about one; and why less followed than was told, if so."""


Told = (
    PlatformReturn
    | ReturnShipped
    | PlatformDispute
    | ChangeNotice
    | PlatformCustomer
    | CustomersMerged
    | AccountDeleted
)


def handle_platform_event(services: Services, shop: Shop, data: Told, receipt: Receipt) -> AuthoredEmail:
    """Act on a platform event. `RetryLater` when the platform must be asked and does not answer; NotFound when
    it cannot be asked, or does not know. Other errors say what is to be decided first."""
    if isinstance(data, ChangeNotice):
        return _ask(services, shop, data, receipt)
    if isinstance(data, PlatformReturn):
        return handle_return(services, shop, data, receipt)
    if isinstance(data, ReturnShipped):
        return handle_return_shipped(services, shop, data, receipt), None
    if isinstance(data, PlatformDispute):
        return handle_dispute(services, shop, data, receipt), None
    return None, _of_people(services, shop, data, receipt)


def _of_people(
    services: Services, shop: Shop, data: PlatformCustomer | CustomersMerged | AccountDeleted, receipt: Receipt
) -> str | None:
    if isinstance(data, PlatformCustomer):
        upsert_customer(services, shop, data.customer, min(data.at or receipt.received_at, receipt.received_at))
        return None
    if isinstance(data, CustomersMerged):
        return handle_customers_merged(services, shop, data, receipt)
    return handle_account_deleted(services, shop, data, receipt)


def _ask(services: Services, shop: Shop, data: ChangeNotice, receipt: Receipt) -> AuthoredEmail:
    """Ask for what changed, and hear it as if it had been told."""
    source = platform_source(receipt)
    if data.what == "return":
        returned = services.platforms.returned(shop.id, source, data.id)
        if returned is not None:
            return handle_fetched_return(services, shop, returned, receipt), None
    else:
        order = services.platforms.order(shop.id, source, data.id)
        if order is not None:
            record_order(services, shop, order, services.now())
            return None, None
    raise NotFound(f"The {data.what} {data.id} must be asked of the platform: it cannot be, or the platform has none.")
