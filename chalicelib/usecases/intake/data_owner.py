"""Whose a delivery is: what it says is sealed with that person's key."""

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.intake.payloads import CaseRequested, ProductReview
from chalicelib.domain.intake.webhooks import InboundMessage
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import (
    AccountDeleted,
    ChangeNotice,
    CustomersMerged,
    PersonReference,
    PlatformCustomer,
    PlatformDispute,
    PlatformReturn,
    named_by,
)
from chalicelib.domain.settlement.entries import StatementUpload
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.upsert_customer import customer_key, order_customer_id
from chalicelib.usecases.ports import NOBODY, Receipt
from chalicelib.usecases.ports.services import Services


def data_owner(services: Services, receipt: Receipt, news: InboundMessage | None) -> str:
    """The key of the person a delivery tells of: who is named in it, or whose case or order it is about. What tells of
    a case that did not come yet is that case's; what nobody is known of, the day's."""
    nobody = f"{NOBODY}{receipt.received_at // DAY_MS}"
    if news is None or isinstance(news.data, StatementUpload):
        return nobody
    data, shop = news.data, receipt.shop
    if isinstance(data, EmailReceived):
        return receipt.whose
    who = _named(data)
    if who is not None:
        return customer_key(services, shop, who)
    if isinstance(data, CaseEvent):
        key = case_key(shop, data.case_external_id)
        case = services.cases.load(key).case
        return key_of_id(case.customer) if case else key
    order = _order_of(data)
    sale = services.order_records.load(shop, order) if order else None
    if sale is not None and sale.customer is not None:
        return key_of_id(sale.customer)
    return customer_key(services, shop, order_customer_id(receipt.source, order)) if order else nobody


def _named(data: object) -> str | None:
    """The external id of whom it names."""
    if isinstance(data, CaseRequested | ProductReview | PlatformCustomer | OrderUpdate):
        return data.customer.external_id if data.customer is not None else None
    if isinstance(data, PersonReference):
        return named_by(data)
    if isinstance(data, CustomersMerged):
        return data.merged
    return data.customer if isinstance(data, AccountDeleted) else None


def _order_of(data: object) -> str | None:
    """The order it is about."""
    if isinstance(data, OrderUpdate):
        return data.external_id
    if isinstance(data, ChangeNotice):
        return data.id if data.what == "order" else None
    return data.order if isinstance(data, PlatformReturn | PlatformDispute) else None
