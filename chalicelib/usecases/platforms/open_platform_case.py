"""Open the case of something a platform tells of: whose it is, and what is known of its order."""

from msgspec import Struct

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import CaseType, Priority, Source
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.open_requested_case import routing_segment
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


class PlatformCase(Struct, frozen=True, kw_only=True):
    """The case of a platform's return or dispute: what it is about, and the order with what is stored of it."""

    external_id: str
    kind: CaseType
    subject: str
    message: str = ""
    order: Order | None = None
    record: OrderRecord | None = None
    claim: Claim | None = None
    priority: Priority = "normal"


def open_platform_case(services: Services, shop: Shop, receipt: Receipt, about: PlatformCase) -> StoredCase:
    """The case with that external id, opened if there is none, with the events that waited for it."""
    buyer = _buyer(services, shop, receipt, about)
    request = CaseRequest(
        external_id=about.external_id,
        kind=about.kind,
        channel="third_party",
        subject=about.subject,
        message=about.message,
        customer=buyer.id,
        language=buyer.language or shop.locale,
        occurred_at=receipt.received_at,
        by=Actor("customer", buyer.id),
        order=about.order,
        claim=about.claim,
        priority=about.priority,
        segment=routing_segment(buyer),
        receipt=receipt.id,
    )
    stored = open_case(services, shop, request)
    adopt_waiting_events(services, shop, stored)
    return stored


def _buyer(services: Services, shop: Shop, receipt: Receipt, about: PlatformCase) -> Customer:
    """The buyer; somebody known by nothing but this order, where the platform does not tell."""
    customer = about.record.customer if about.record is not None else None
    key = key_of_id(customer) if customer else None
    known = services.customers.load([key]).get(key) if key else None
    if known is not None:
        return known
    order = about.order.external_id if about.order else receipt.delivery
    nobody = CustomerIn(external_id=order_customer_id(receipt.source, order))
    return upsert_customer(services, shop, nobody, receipt.received_at)
