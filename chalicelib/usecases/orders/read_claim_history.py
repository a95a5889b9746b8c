"""Read what matters when a claim is made: the other cases of the order, and the customer's last year."""

from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.claim_history import NO_EXTERNAL_REFUNDS, history_of
from chalicelib.domain.flows.claims import History
from chalicelib.domain.flows.external_refunds import ExternalRefunds
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.orders.count_order_money import count_with_record, external_refunds_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasCustomers, HasOrderRecords

    class ReadClaimHistoryServices(HasCases, HasCustomers, HasOrderRecords, Protocol):
        """The services that `read_claim_history` uses."""


NEWEST = 100
"""The most cases and orders of a customer, and cases of an order, that are read."""


def read_claim_history(
    services: "ReadClaimHistoryServices", shop: str, order: Order | None, customer: str, claimed_at: Instant
) -> History:
    """The history for a claim that is made now. The case of the claim counts with the flows it had before."""
    record = services.order_records.load(shop, order.external_id) if order else None
    order_keys = services.cases.of_order(shop, order.external_id)[:NEWEST] if order else []
    of_order = [stored.case for stored in services.cases.load_many(order_keys).values() if stored.case]
    root = main_record(services, key_of_id(customer))
    keys = keys_of(linked_records(services, root)) if root else [key_of_id(customer)]
    rows = [stored for key in keys for stored in services.cases.find(shop, None, None, key, NEWEST, None).items]
    of_customer = [stored.case for stored in rows if stored.case]
    purchases = [
        order_record.purchased_at
        for key in keys
        for order_record in services.order_records.of_customer(shop, key, NEWEST, None).items
    ]
    return history_of(of_order, of_customer, claimed_at, purchases, _refunded(services, shop, order, record))


def _refunded(
    services: "ReadClaimHistoryServices", shop: str, order: Order | None, record: OrderRecord | None
) -> ExternalRefunds:
    """What was refunded of the order without us; its cases are read only if there were refunds or disputes."""
    if order is None or record is None:
        return NO_EXTERNAL_REFUNDS
    if not record.reported_refunds and not record.disputes:
        return external_refunds_of(order, record, ())
    return count_with_record(services, shop, order, record).back
