"""The customer whose personal data a message about an order contains."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCustomers, HasOrderRecords, HasVault

    class OwnerOfOrderServices(HasCustomers, HasOrderRecords, HasVault, Protocol):
        """The services that `owner_of_order` uses."""


def owner_of_order(services: "OwnerOfOrderServices", receipt: Receipt, order: str | None) -> str | None:
    """The key of the order's customer; while no customer is known, the key of the customer record that the order alone
    makes. None without an order."""
    if order is None:
        return None
    record = services.order_records.load(receipt.shop, order)
    if record is not None and record.customer is not None:
        return key_of_id(record.customer)
    return customer_key(services, receipt.shop, order_customer_id(receipt.source, order))
