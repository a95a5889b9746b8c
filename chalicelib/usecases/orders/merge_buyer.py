"""Merge the customer record that a case made from an order number alone with the record of the order's buyer."""

from typing import TYPE_CHECKING

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.platforms.events import PLATFORM_NAMES
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id
from chalicelib.usecases.ports.cases import Busy

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities, HasShops, HasVault

    class MergeBuyerServices(HasClock, HasCustomers, HasIdentities, HasShops, HasVault, Protocol):
        """The services that `merge_buyer` uses."""


def merge_buyer(services: "MergeBuyerServices", shop: Shop, order: str, customer: Customer) -> None:
    """A customer who was known only by this order, from a case before the order was reported, is its buyer: merge the
    two records. `Busy` if somebody is merging one of the records at this moment.

    Whoever saves the order's customer looks for that record after saving, and whoever creates that record looks at the
    order after creating it. So at least one of them sees what the other wrote, even if both do it at the same time.
    """
    keys = [customer_key(services, shop.id, order_customer_id(source, order)) for source in PLATFORM_NAMES]
    for by_order in services.customers.load(keys).values():
        buyer = main_record(services, key_of_id(customer.id))
        if buyer is None or buyer.erased_at is not None or by_order.erased_at is not None:
            continue
        if by_order.root is not None or by_order.id == buyer.id:
            continue
        try:
            merge(services, buyer, by_order, SYSTEM, "the buyer of the order")
        except Conflict as conflict:
            if not _is_merged(services, by_order):
                raise Busy(str(conflict)) from None


def _is_merged(services: "MergeBuyerServices", by_order: Customer) -> bool:
    """Whether the other one, who found this record at the same time, has merged it."""
    stored = services.customers.load([key_of_id(by_order.id)]).get(key_of_id(by_order.id))
    return stored is not None and stored.root is not None
