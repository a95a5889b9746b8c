"""Open the case of something a platform tells of: whose it is, and what is known of its order."""

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import CaseType, Priority, Source
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import Request, open_case
from chalicelib.usecases.customers.upsert_customer import order_customer_id, upsert_customer
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services
from chalicelib.usecases.surveys.follow_up import adopt_waiting_events


def platform_source(receipt: Receipt) -> Source:
    """The platform a delivery is of, and which is asked about it."""
    assert receipt.source != "mail"
    return receipt.source


def order_record_of(services: Services, shop: Shop, order: str, receipt: Receipt) -> OrderRecord | None:
    """The order, asked of the platform where it told too little of it."""
    sale = services.order_records.load(shop.id, order)
    if sale is not None and sale.customer is not None and sale.order.items:
        return sale
    asked = services.platforms.order(shop.id, platform_source(receipt), order)
    return record_order(services, shop, asked, services.now()) if asked else sale


def open_platform_case(
    services: Services,
    shop: Shop,
    receipt: Receipt,
    external_id: str,
    kind: CaseType,
    subject: str,
    message: str,
    order: Order | None,
    sale: OrderRecord | None,
    claim: Claim | None = None,
    priority: Priority = "normal",
) -> StoredCase:
    """The case with that external id, opened if there is none; what waited for it is heard."""
    customer, language = _who(services, shop, receipt, order, sale)
    request = Request(
        external_id=external_id,
        kind=kind,
        channel="third_party",
        subject=subject,
        message=message,
        customer=customer,
        language=language,
        at=receipt.received_at,
        by=Actor("customer", customer),
        order=order,
        claim=claim,
        priority=priority,
        receipt=receipt.id,
    )
    stored = open_case(services, shop, request)
    adopt_waiting_events(services, shop, stored)
    return stored


def _who(
    services: Services, shop: Shop, receipt: Receipt, order: Order | None, sale: OrderRecord | None
) -> tuple[str, str]:
    """The buyer and their language; somebody known by nothing but this order, where the platform does not tell."""
    known = (
        services.customers.load([key_of_id(sale.customer)]).get(key_of_id(sale.customer))
        if sale and sale.customer
        else None
    )
    if known is None:
        about = order.external_id if order else receipt.delivery
        nobody = CustomerIn(external_id=order_customer_id(receipt.source, about))
        known = upsert_customer(services, shop, nobody, receipt.received_at)
    return known.id, known.language or shop.locale
