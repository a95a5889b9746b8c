"""Open the case of something a platform tells of: whose it is, and what is known of its order."""

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import CaseType, Priority, Source
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.order_record import Sale
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import Request, open_case
from chalicelib.usecases.customers.upsert_customer import meet, of_order
from chalicelib.usecases.orders.record_order import keep_order
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.ports.services import Desk
from chalicelib.usecases.surveys.follow_up import adopt_orphans


def asked_of(receipt: Receipt) -> Source:
    """The platform a delivery is of, and which is asked about it."""
    assert receipt.source != "mail"
    return receipt.source


def sale_of(desk: Desk, shop: Shop, order: str, receipt: Receipt) -> Sale | None:
    """The order, asked of the platform where it told too little of it."""
    sale = desk.sales.load(shop.id, order)
    if sale is not None and sale.customer is not None and sale.order.items:
        return sale
    asked = desk.platforms.order(shop.id, asked_of(receipt), order)
    return keep_order(desk, shop, asked, desk.now()) if asked else sale


def open_of_platform(
    desk: Desk,
    shop: Shop,
    receipt: Receipt,
    external_id: str,
    kind: CaseType,
    subject: str,
    message: str,
    order: Order | None,
    sale: Sale | None,
    claim: Claim | None = None,
    priority: Priority = "normal",
) -> Stored:
    """The case with that external id, opened if there is none; what waited for it is heard."""
    customer, language = _who(desk, shop, receipt, order, sale)
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
    stored = open_case(desk, shop, request)
    adopt_orphans(desk, shop, stored)
    return stored


def _who(desk: Desk, shop: Shop, receipt: Receipt, order: Order | None, sale: Sale | None) -> tuple[str, str]:
    """The buyer and their language; somebody known by nothing but this order, where the platform does not tell."""
    known = desk.customers.load([key_in(sale.customer)]).get(key_in(sale.customer)) if sale and sale.customer else None
    if known is None:
        about = order.external_id if order else receipt.delivery
        nobody = CustomerIn(external_id=of_order(receipt.source, about))
        known = meet(desk, shop, nobody, receipt.received_at)
    return known.id, known.language or shop.locale
