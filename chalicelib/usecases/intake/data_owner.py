"""Whose a delivery is: what it says is sealed with that person's key."""

from chalicelib.domain.email.inbound_email import LetterTold
from chalicelib.domain.intake.payloads import CaseRequested, ReviewIn
from chalicelib.domain.intake.webhooks import News
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.platforms.events import (
    AccountGone,
    Changed,
    DisputeTold,
    Named,
    PeopleMerged,
    PersonTold,
    ReturnTold,
    named_by,
)
from chalicelib.domain.settlement.entries import StatementTold
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.upsert_customer import customer_key, of_order
from chalicelib.usecases.ports import NOBODY, Receipt
from chalicelib.usecases.ports.services import Desk


def whose(desk: Desk, receipt: Receipt, news: News | None) -> str:
    """The key of the person a delivery tells of: who is named in it, or whose case or order it is about. What tells of
    a case that did not come yet is that case's; what nobody is known of, the day's."""
    nobody = f"{NOBODY}{receipt.received_at // DAY}"
    if news is None or isinstance(news.data, StatementTold):
        return nobody
    data, shop = news.data, receipt.shop
    if isinstance(data, LetterTold):
        return receipt.whose
    who = _named(data)
    if who is not None:
        return customer_key(desk, shop, who)
    if isinstance(data, CaseEvent):
        key = case_key(shop, data.case_external_id)
        case = desk.cases.load(key).case
        return key_in(case.customer) if case else key
    order = _order_of(data)
    sale = desk.sales.load(shop, order) if order else None
    if sale is not None and sale.customer is not None:
        return key_in(sale.customer)
    return customer_key(desk, shop, of_order(receipt.source, order)) if order else nobody


def _named(data: object) -> str | None:
    """The external id of whom it names."""
    if isinstance(data, CaseRequested | ReviewIn | PersonTold | OrderTold):
        return data.customer.external_id if data.customer is not None else None
    if isinstance(data, Named):
        return named_by(data)
    if isinstance(data, PeopleMerged):
        return data.merged
    return data.customer if isinstance(data, AccountGone) else None


def _order_of(data: object) -> str | None:
    """The order it is about."""
    if isinstance(data, OrderTold):
        return data.external_id
    if isinstance(data, Changed):
        return data.id if data.what == "order" else None
    return data.order if isinstance(data, ReturnTold | DisputeTold) else None
