"""Handle platform events about customer accounts: two were merged, or one was deleted."""

from typing import TYPE_CHECKING

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.platforms.events import AccountDeleted, CustomersMerged
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities, HasShops, HasVault

    class HandleCustomerEventServices(HasClock, HasCustomers, HasIdentities, HasShops, HasVault, Protocol):
        """The services that `handle_customer_event` uses."""


def handle_customers_merged(
    services: "HandleCustomerEventServices", shop: Shop, event: CustomersMerged, receipt: Receipt
) -> str | None:
    """Merge the customers of two accounts that the shop merged; the remaining account's customer is the main record.
    Returns the reason if there is no effect."""
    if not event.done:
        return "the platform did not merge them"
    merged = _customer(services, shop, event.merged)
    if merged is None:
        return "the merged account is unknown here"
    remaining = _customer(services, shop, event.kept) or upsert_customer(
        services, shop, CustomerIn(external_id=event.kept), receipt.received_at
    )
    main = main_record(services, key_of_id(remaining.id)) or remaining
    member = main_record(services, key_of_id(merged.id)) or merged
    if main.id != member.id:
        merge(services, main, member, Actor("shop", shop.id), f"merged on {receipt.source}")
    return None


def handle_account_deleted(
    services: "HandleCustomerEventServices", shop: Shop, account: AccountDeleted, receipt: Receipt
) -> str | None:
    """Note that the account was closed, and return what was done. The customer is not erased: the shop still has the
    orders."""
    customer = _customer(services, shop, account.customer)
    if customer is None:
        return "this account is unknown here"
    event = CustomerEvent(
        id=new_id(receipt.received_at, key_of("account gone", receipt.id)),
        at=receipt.received_at,
        by=Actor("shop", shop.id),
        type="account_closed",
        shop=shop.id,
        data={"source": receipt.source},
    )
    services.identities.add_event(key_of_id(customer.id), event)
    return "the account is closed; erasing the customer takes a request of its own"


def _customer(services: "HandleCustomerEventServices", shop: Shop, external_id: str) -> Customer | None:
    key = customer_key(services, shop.id, external_id)
    return services.customers.load([key]).get(key)
