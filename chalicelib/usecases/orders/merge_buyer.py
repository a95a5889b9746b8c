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
    two records. This happens before the order record is saved, because after that nobody would repeat it. `Busy` if
    somebody is merging one of the records at this moment."""
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
            raise Busy(str(conflict)) from None
