"""Whose a delivery is: what it says is sealed with that person's key."""

from chalicelib.domain.hooks import News
from chalicelib.domain.ids import key_in
from chalicelib.domain.inputs import CaseRequested, ReviewIn
from chalicelib.domain.instants import DAY
from chalicelib.domain.letters import LetterTold
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.platforms.told import DataWanted, PersonTold, Redaction
from chalicelib.domain.settlement.entries import StatementTold
from chalicelib.domain.shapes import CaseEvent
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.meet_customer import customer_key, of_order
from chalicelib.usecases.open_case import case_key
from chalicelib.usecases.ports import NOBODY, Receipt


def whose(desk: Desk, receipt: Receipt, news: News | None) -> str:
    """The key of the person a delivery tells of: who is named in it, or whose case or order it is about. What tells of
    a case that did not come yet is that case's; what nobody is known of, the day's."""
    nobody = f"{NOBODY}{receipt.received_at // DAY}"
    if news is None or isinstance(news.data, StatementTold):
        return nobody
    data, shop = news.data, receipt.shop
    if isinstance(data, LetterTold):
        return receipt.whose
    if isinstance(data, CaseRequested | ReviewIn | PersonTold):
        return customer_key(desk, shop, data.customer.external_id)
    if isinstance(data, DataWanted | Redaction):
        return customer_key(desk, shop, data.customer) if data.customer else nobody
    if isinstance(data, CaseEvent):
        key = case_key(shop, data.case_external_id)
        case = desk.cases.load(key).case
        return key_in(case.customer) if case else key
    if isinstance(data, OrderTold) and data.customer is not None:
        return customer_key(desk, shop, data.customer.external_id)
    order = data.external_id if isinstance(data, OrderTold) else data.order
    sale = desk.sales.load(shop, order) if order else None
    if sale is not None and sale.customer is not None:
        return key_in(sale.customer)
    return customer_key(desk, shop, of_order(receipt.source, order)) if order else nobody
