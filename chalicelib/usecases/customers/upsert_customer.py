"""Create or update a customer from what a shop reports, and find the customer by the shop's external id."""

from typing import TYPE_CHECKING

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import KEY_LENGTH, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCustomers, HasVault

    class UpsertCustomerServices(HasCustomers, HasVault, Protocol):
        """The services that `upsert_customer` uses."""


MAX_NAME = 200


def customer_key(services: "UpsertCustomerServices", shop: str, external_id: str) -> str:
    """The key of the customer with this external id: a hash with the shop's own key, because what remains of an erased
    customer must not let anybody test who it was."""
    return services.vault.fingerprint(shop, f"customer:{external_id}")[:KEY_LENGTH]


def order_customer_id(source: str, order: str) -> str:
    """The external id of a customer when nothing is known but that they bought this order."""
    return f"{source}/order/{order}"[:MAX_NAME]


def upsert_customer(
    services: "UpsertCustomerServices", shop: Shop, update: CustomerIn, occurred_at: Instant
) -> Customer:
    """Create a customer, or update the stored one unless its data is newer than `occurred_at`; the customer as stored
    then. They are identified later, by the intake function. A worker whose message is delivered again if it is
    interrupted calls `upsert_identified` instead."""
    return services.customers.upsert(as_updated(services, shop, update, occurred_at))


def as_updated(services: "UpsertCustomerServices", shop: Shop, update: CustomerIn, occurred_at: Instant) -> Customer:
    """The customer's record as this update alone makes it."""
    return Customer(
        id=new_id(occurred_at, customer_key(services, shop.id, update.external_id)),
        shop=shop.id,
        external_id=update.external_id,
        name=update.name,
        email=update.email,
        phone=update.phone,
        language=update.language,
        marketplace_ids=update.marketplace_ids,
        seen_at=occurred_at,
    )
