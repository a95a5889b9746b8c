"""The intake handler of what was said about the shop elsewhere."""

from typing import TYPE_CHECKING

from chalicelib.domain.feedback.payloads import FeedbackReport
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _handle(services: "Services", shop: Shop, data: FeedbackReport, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.feedback.collect_feedback import report_feedback

    if report_feedback(services, shop, data, incoming.receipt.received_at):
        return Outcome("processed")
    return Outcome("ignored", reason=f"external_id {data.external_id!r} was told before")


def _owner(services: "Services", receipt: Receipt, data: FeedbackReport) -> str | None:
    if data.customer is None:
        return None
    name = data.customer if isinstance(data.customer, str) else data.customer.external_id
    return customer_key(services, receipt.shop, name)


INTAKE: IntakeTable = (IntakeHandler(data=FeedbackReport, handle=_handle, webhooks=("feedback.told",), owner=_owner),)
