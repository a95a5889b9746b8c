"""Create or update a customer, and identify them at once: who they are is known before anything else follows from their
message."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer, has_identifiers
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.merge_customers import identify_as_stored
from chalicelib.usecases.customers.upsert_customer import as_updated

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities, HasShops, HasVault

    class UpsertIdentifiedServices(HasClock, HasCustomers, HasIdentities, HasShops, HasVault, Protocol):
        """The services that `upsert_identified` uses."""


ATTEMPTS = 3


def upsert_identified(
    services: "UpsertIdentifiedServices", shop: Shop, update: CustomerIn, occurred_at: Instant
) -> Customer:
    """Create a customer, or update the stored one unless its data is newer than `occurred_at`; the customer as stored
    then, identified if the update has anything new that identifies them.

    For workers whose message is delivered again if they are interrupted: `occurred_at` is the same at each delivery,
    which is how an update is recognized that was stored before. It is identified again, because the earlier attempt may
    have ended before that.
    """
    upserted = services.customers.upsert_unrelayed(as_updated(services, shop, update, occurred_at))
    if upserted.is_repeated:
        note_contact(services, upserted.customer)
    if upserted.has_new_identifiers or (upserted.is_repeated and has_identifiers(upserted.customer)):
        _identify(services, upserted.customer)
    return upserted.customer


@contextmanager
def noted_unless_kept(services: "HasCustomers", customer: Customer) -> Iterator[list[str | None]]:
    """In this block something is stored by which retention finds its customer: a case or an order. Its customer is
    added to the list. If that is another one, or nothing is stored, the contact is noted instead."""
    owners: list[str | None] = []
    try:
        yield owners
    finally:
        if customer.id not in owners:
            note_contact(services, customer)


def note_contact(services: "HasCustomers", customer: Customer) -> None:
    """Have retention find a customer. It finds those who have cases or orders by these, and needs no note of them."""
    services.customers.set_last_contact(customer.shop, key_of_id(customer.id), customer.seen_at)


def _identify(services: "UpsertIdentifiedServices", customer: Customer) -> None:
    """Identify the customer. If others merge the same records at this moment, again and again, the relay has it done
    later, because the message itself must not fail for that."""
    stored: Customer | None = customer
    for attempt in range(ATTEMPTS):
        if stored is None or stored.erased_at is not None:
            return
        try:
            identify_as_stored(services, stored)
        except Conflict:
            services.pause(attempt)
            stored = services.customers.load([key_of_id(customer.id)]).get(key_of_id(customer.id))
        else:
            return
    services.customers.request_identification(replace(customer, seen_at=services.now()))
