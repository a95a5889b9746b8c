"""What is known of an order's other cases and of a customer's last year, when a claim is made."""

from chalicelib.domain.aftersales.claim_history import NOTHING, history_of
from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.external_refunds import ExternalRefunds
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.orders.count_order_money import count_with_record, external_refunds_of
from chalicelib.usecases.ports.services import Services

NEWEST = 100
"""So many cases and orders of a customer, and cases of an order, are looked at."""


def read_claim_history(services: Services, shop: str, order: Order | None, customer: str, at: Instant) -> History:
    """The history of a claim that is made now. The case it is made in counts with the flows it had before."""
    sale = services.order_records.load(shop, order.external_id) if order else None
    siblings = services.cases.of_order(shop, order.external_id)[:NEWEST] if order else []
    of_order = [stored.case for stored in services.cases.load_many(siblings).values() if stored.case]
    root = main_record(services, key_of_id(customer))
    keys = keys_of(linked_records(services, root)) if root else [key_of_id(customer)]
    found = [one for key in keys for one in services.cases.find(shop, None, None, key, NEWEST, None).items]
    theirs = [stored.case for stored in found if stored.case]
    bought = [
        sale.purchased_at for key in keys for sale in services.order_records.of_customer(shop, key, NEWEST, None).items
    ]
    return history_of(of_order, theirs, at, bought, _back(services, shop, order, sale))


def _back(services: Services, shop: str, order: Order | None, sale: OrderRecord | None) -> ExternalRefunds:
    """What went back of the order without us; its cases are read for it where something did."""
    if order is None or sale is None:
        return NOTHING
    if not sale.reported_refunds and not sale.disputes:
        return external_refunds_of(order, sale, ())
    return count_with_record(services, shop, order, sale).back
