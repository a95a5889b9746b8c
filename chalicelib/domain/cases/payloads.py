"""The bodies of requests and webhooks about cases. An unknown field is an error, never dropped."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.flows.payloads import ClaimIn
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.kernel.validation import CaseEvent, Input, Line, Name, Text, Time
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn
from chalicelib.domain.sla.policies import Email


class CaseRequested(Input, frozen=True):
    """`case.requested`: a case is to be opened."""

    external_id: Name
    channel: Channel
    subject: Line
    message: Text
    customer: CustomerIn
    type: CaseType | None = None
    """Without it, the case is typed by its words."""
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
    """`case.replied`, `case.resolved`, `case.closed`: an agent did so in another help desk."""

    agent: Name | None = None
    message: Text | None = None


class ProductReview(Input, frozen=True, kw_only=True):
    """`review.created`: a customer reviewed what they bought."""

    external_id: Name
    score: Annotated[int, Meta(ge=1, le=5)]
    text: Text | None = None
    customer: CustomerIn
    order: OrderIn | None = None
    occurred_at: Time | None = None
    historical: bool = False


class HelpdeskAssignment(CaseEvent, frozen=True):
    """`case.assigned`: the case was assigned in another help desk. At least one of the two is given."""

    assignee: Name | None = None
    team: Name | None = None


MAX_COPY_RECIPIENTS = 20


class Message(Input, frozen=True):
    """The body of `POST …/messages`."""

    body: Annotated[Text, Meta(min_length=1)]
    public: bool = True
    copy: bool | Annotated[tuple[Email, ...], Meta(max_length=MAX_COPY_RECIPIENTS)] = False
    """Who else gets a public message: true for all other recipients of the customer's newest email, or a list of
    addresses among them."""
    files: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9A-Z]{26}\Z")], ...], Meta(max_length=10)] = ()
    """The ids of files that an agent uploaded for this case."""
    mentions: Annotated[tuple[Name, ...], Meta(max_length=20)] | None = None
    """The colleagues to be notified of a note; without it, those whom its text names behind an `@`."""


class Assignment(Input, frozen=True):
    """The body of `POST …/assign`."""

    assignee: Name | None = None
    team: Name | None = None


class StatusChange(Input, frozen=True):
    """The body of `POST …/status`."""

    status: Status
    reason: Line | None = None


class Escalate(Input, frozen=True):
    """The body of `POST …/escalate`."""

    reason: Annotated[Line, Meta(min_length=1)]
