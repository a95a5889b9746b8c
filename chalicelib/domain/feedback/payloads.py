"""The webhook that tells what was said about the shop elsewhere."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.feedback.item import ReportedSource
from chalicelib.domain.kernel.validation import Input, Name, Text, Time
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn

MAX_URL = 2000


class FeedbackReport(Input, frozen=True, kw_only=True):
    """`feedback.told`: somebody said this about the shop or a product, outside of every case. `product`: its SKU;
    `order`: the shop's id of the order, or the order itself; `score`: 1 to 5."""

    external_id: Name
    source: ReportedSource
    text: Text
    product: Name | None = None
    order: OrderIn | Name | None = None
    customer: CustomerIn | Name | None = None
    score: Annotated[float, Meta(ge=1, le=5)] | None = None
    url: Annotated[str, Meta(max_length=MAX_URL, pattern=r"^https?://[^\x00-\x20\x7f]+\Z")] | None = None
    occurred_at: Time | None = None


def order_of(report: FeedbackReport) -> str | None:
    """The shop's id of the order that a report is about."""
    return report.order if report.order is None or isinstance(report.order, str) else report.order.external_id
