"""The intake handler of what was said about the shop elsewhere."""

from typing import TYPE_CHECKING

from chalicelib.domain.feedback.payloads import FeedbackReport, order_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.orders.owner_of_order import owner_of_order
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _handle(services: "Services", shop: Shop, data: FeedbackReport, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.feedback.collect_feedback import report_feedback

    if not data.text.strip() and data.score is None:
        return Outcome("ignored", reason="it has neither words nor a score")
    if report_feedback(services, shop, data, incoming.receipt.received_at):
        return Outcome("processed")
    return Outcome("ignored", reason=f"external_id {data.external_id!r} was told before")


def _owner(services: "Services", receipt: Receipt, data: FeedbackReport) -> str | None:
    if data.customer is None:
        return owner_of_order(services, receipt, order_of(data))
    name = data.customer if isinstance(data.customer, str) else data.customer.external_id
    return customer_key(services, receipt.shop, name)


INTAKE: IntakeTable = (IntakeHandler(data=FeedbackReport, handle=_handle, webhooks=("feedback.told",), owner=_owner),)
