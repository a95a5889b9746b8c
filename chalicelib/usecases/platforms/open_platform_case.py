"""Open the case of a platform event: find its buyer and its order."""

from typing import TYPE_CHECKING

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
from chalicelib.usecases.orders.merge_buyer import merge_buyer
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.surveys.open_follow_up_case import adopt_waiting_events

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
    )

    class OpenPlatformCaseServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `open_platform_case` uses."""


def platform_source(receipt: Receipt) -> Source:
    """The platform that sent the delivery, and from which further data is fetched."""
    assert receipt.source != "mail"
    return receipt.source


def load_or_fetch_record(
    services: "OpenPlatformCaseServices", shop: Shop, order: str, receipt: Receipt
) -> OrderRecord | None:
    """The order record, fetched from the platform if its buyer or items are missing; None if the order is unknown."""
    record = services.order_records.load(shop.id, order)
    if record is not None and record.customer is not None and record.order.items:
        return record
    fetched = services.platforms.order(shop.id, platform_source(receipt), order)
    return record_order(services, shop, fetched, services.now()) if fetched else record


class PlatformCase(Struct, frozen=True, kw_only=True):
    """The case of a platform's return or dispute to open, with its order and order record."""

    external_id: str
    kind: CaseType
    subject: str
    message: str = ""
    order: Order | None = None
    record: OrderRecord | None = None
    claim: Claim | None = None
    priority: Priority = "normal"


def open_platform_case(
    services: "OpenPlatformCaseServices", shop: Shop, receipt: Receipt, about: PlatformCase
) -> StoredCase:
    """The case with this external id, opened if there is none, together with the events that waited for it."""
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


def _buyer(services: "OpenPlatformCaseServices", shop: Shop, receipt: Receipt, about: PlatformCase) -> Customer:
    """The buyer. If the platform does not name one, a customer is created who is identified by this order."""
    buyer = _customer_of(services, about.record)
    if buyer is not None:
        return buyer
    order = about.order.external_id if about.order else receipt.delivery
    unknown = CustomerIn(external_id=order_customer_id(receipt.source, order))
    by_order = upsert_customer(services, shop, unknown, receipt.received_at)
    buyer = _customer_of(services, services.order_records.load(shop.id, order)) if about.order else None
    if buyer is None:
        return by_order
    merge_buyer(services, shop, order, buyer)  # the order was reported since: see there
    return buyer


def _customer_of(services: "OpenPlatformCaseServices", record: OrderRecord | None) -> Customer | None:
    key = key_of_id(record.customer) if record is not None and record.customer is not None else None
    return services.customers.load([key]).get(key) if key else None
