"""Keep what is told of a customer, and know them again."""

from chalicelib.domain.cases.payloads import CaseRequested, ProductReview
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import KEY_LENGTH, new_id
from chalicelib.domain.kernel.timestamps import Instant, happened_at
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.services import Services

MAX_NAME = 200


def customer_key(services: Services, shop: str, external_id: str) -> str:
    """The key of the customer a shop calls by this external id: hashed with the shop's own key, for what stays of a
    person who was forgotten must not let anybody test who it was."""
    return services.vault.fingerprint(shop, f"customer:{external_id}")[:KEY_LENGTH]


def order_customer_id(source: str, order: str) -> str:
    """The external id of somebody of whom nothing is known but that they bought this order."""
    return f"{source}/order/{order}"[:MAX_NAME]


def upsert_requester(services: Services, shop: Shop, data: CaseRequested | ProductReview, now: Instant) -> Customer:
    """The customer who asks, as their record stands with what is told of them now."""
    return upsert_customer(services, shop, data.customer, happened_at(data.occurred_at, now))


def upsert_customer(services: Services, shop: Shop, told: CustomerIn, at: Instant) -> Customer:
    """A customer, as their record stands with what was told of them at that time."""
    key = customer_key(services, shop.id, told.external_id)
    return services.customers.tell(
        Customer(
            id=new_id(at, key),
            shop=shop.id,
            external_id=told.external_id,
            name=told.name,
            email=told.email,
            phone=told.phone,
            language=told.language,
            marketplace_ids=told.marketplace_ids,
            seen_at=at,
        )
    )
