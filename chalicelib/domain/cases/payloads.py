"""The bodies of requests and webhooks about cases. An unknown field is an error, never dropped."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.flows.payloads import ClaimIn
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.kernel.validation import CaseEvent, Input, Line, Name, Text, Time
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn


class CaseRequested(Input, frozen=True):
    """`case.requested`: somebody wants something."""

    external_id: Name
    type: CaseType
    channel: Channel
    subject: Line
    message: Text
    customer: CustomerIn
    order: OrderIn | None = None
    claim: ClaimIn | None = None
    priority: Priority = "normal"
    occurred_at: Time | None = None
    historical: bool = False


class OpenCase(CaseRequested, frozen=True, kw_only=True):
    """The body of `POST /v1/cases`."""

    shop: Name


class CustomerMessage(CaseEvent, frozen=True, kw_only=True):
    """`message.received`: the customer wrote."""

    author: Literal["customer"]
    message: Text


class HelpdeskReport(CaseEvent, frozen=True):
    """`case.replied`, `case.resolved`, `case.closed`: an outside helpdesk did it."""

    agent: Name | None = None
    message: Text | None = None


class ProductReview(Input, frozen=True, kw_only=True):
    """`review.created`: somebody reviewed what they bought."""

    external_id: Name
    score: Annotated[int, Meta(ge=1, le=5)]
    text: Text | None = None
    customer: CustomerIn
    order: OrderIn | None = None
    occurred_at: Time | None = None
    historical: bool = False
