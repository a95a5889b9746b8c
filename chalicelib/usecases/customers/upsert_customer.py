"""Keep what is told of a customer, and know them again."""

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.intake.payloads import CaseRequested, ReviewIn
from chalicelib.domain.kernel.ids import KEY_LENGTH, new_id
from chalicelib.domain.kernel.timestamps import Instant, happened_at
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.services import Desk

MAX_NAME = 200


def customer_key(desk: Desk, shop: str, external_id: str) -> str:
    """The key of the customer a shop calls by this external id: hashed with the shop's own key, for what stays of a
    person who was forgotten must not let anybody test who it was."""
    return desk.vault.fingerprint(shop, f"customer:{external_id}")[:KEY_LENGTH]


def of_order(source: str, order: str) -> str:
    """The external id of somebody of whom nothing is known but that they bought this order."""
    return f"{source}/order/{order}"[:MAX_NAME]


def meet_who(desk: Desk, shop: Shop, data: CaseRequested | ReviewIn, now: Instant) -> Customer:
    """The customer who asks, as their record stands with what is told of them now."""
    return meet(desk, shop, data.customer, happened_at(data.occurred_at, now))


def meet(desk: Desk, shop: Shop, told: CustomerIn, at: Instant) -> Customer:
    """A customer, as their record stands with what was told of them at that time."""
    key = customer_key(desk, shop.id, told.external_id)
    return desk.customers.tell(
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
