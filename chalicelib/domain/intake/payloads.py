"""What shops, customers and staff may send, field by field. An unknown field is an error, never dropped."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.flows.partner_reports import PARTNER_TYPES, check_partner
from chalicelib.domain.flows.payloads import ClaimIn, PartnerReport
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, from_datetime
from chalicelib.domain.kernel.validation import CaseEvent, Input, Line, Name, Text, Time, check_bytes, read, to_invalid
from chalicelib.domain.orders.order_checks import check_amounts
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn, OrderUpdate
from chalicelib.domain.settlement.entries import StatementUpload, check_upload
from chalicelib.domain.surveys.facts import Ces, Csat, Nps

FAR = 4_102_444_800_000  # 2100-01-01
MAX_AHEAD = DAY_MS  # a sender's clock may be off; not by more than this


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
    """`case.replied`, `case.resolved`, `case.closed`: an outside desk did it."""

    agent: Name | None = None
    message: Text | None = None


class SurveyAnswer(CaseEvent, frozen=True):
    """`survey.answered`: an outside survey was answered."""

    csat: Csat | None = None
    nps: Nps | None = None
    ces: Ces | None = None
    comment: Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*\Z")] | None = None


class ProductReview(Input, frozen=True, kw_only=True):
    """`review.created`: somebody reviewed what they bought."""

    external_id: Name
    score: Csat
    text: Text | None = None
    customer: CustomerIn
    order: OrderIn | None = None
    occurred_at: Time | None = None
    historical: bool = False


WebhookData: TypeAlias = (
    CaseRequested
    | CustomerMessage
    | HelpdeskReport
    | SurveyAnswer
    | ProductReview
    | PartnerReport
    | OrderUpdate
    | StatementUpload
)

WEBHOOK_TYPES: dict[str, type[WebhookData]] = {
    "case.requested": CaseRequested,
    "message.received": CustomerMessage,
    "case.replied": HelpdeskReport,
    "case.resolved": HelpdeskReport,
    "case.closed": HelpdeskReport,
    "review.created": ProductReview,
    "survey.answered": SurveyAnswer,
    **dict.fromkeys(PARTNER_TYPES, PartnerReport),
    "order.updated": OrderUpdate,
    "statement.told": StatementUpload,
}


class Envelope(Input, frozen=True):
    """The outer shape of a Standard Webhooks body."""

    type: Annotated[str, Meta(max_length=100)]
    timestamp: Time
    data: dict[str, Any]


class Webhook(Struct, frozen=True):
    """A webhook that was understood."""

    type: str
    data: WebhookData

    @property
    def external_id(self) -> str | None:
        """The external id of the case it is about; None when it is about an order, or about many."""
        if isinstance(self.data, OrderUpdate | StatementUpload):
            return None
        return self.data.case_external_id if isinstance(self.data, CaseEvent) else self.data.external_id


def parse_webhook(body: bytes | str, now: Instant) -> Webhook:
    """Read the body of a `standard` webhook received at `now`. `Invalid` says what is wrong and where."""
    envelope = read(body, Envelope)
    shape = WEBHOOK_TYPES.get(envelope.type)
    if shape is None:
        raise invalid("type", f"{envelope.type!r} is not one of {', '.join(WEBHOOK_TYPES)}")
    try:
        data = msgspec.convert(envelope.data, shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as wrong:
        raise to_invalid(wrong, "data") from None
    check_payload(data, now)
    if isinstance(data, PartnerReport):
        check_partner(envelope.type, data)
    if isinstance(data, StatementUpload):
        check_upload(data, now)
    return Webhook(envelope.type, data)


def check_payload(data: WebhookData, now: Instant) -> None:
    """What shapes cannot say: lengths in bytes, times that lie ahead, answers without an answer."""
    text = getattr(data, "message", None) or getattr(data, "text", None) or ""
    check_bytes("message", text)
    if data.occurred_at is not None and not 0 <= from_datetime(data.occurred_at) <= now + MAX_AHEAD:
        raise invalid("occurred_at", "lies before 1970 or more than a day in the future")
    for name, moment in _order_times(data):
        if not 0 <= from_datetime(moment) <= FAR:
            raise invalid(name, "lies before 1970 or after 2100")
    order = data if isinstance(data, OrderUpdate) else getattr(data, "order", None)
    if order is not None:
        check_amounts(order, "" if order is data else "order.")
    if (
        isinstance(data, SurveyAnswer)
        and data.csat is None
        and data.nps is None
        and data.ces is None
        and not data.comment
    ):
        raise invalid("data", "answers nothing: give csat, nps, ces or comment")


def _order_times(data: WebhookData) -> list[tuple[str, datetime]]:
    """The times told of an order and its parcels, with where they stand."""
    if isinstance(data, OrderUpdate):
        lists: tuple[tuple[str, tuple[Struct, ...]], ...] = (
            ("parcels", data.parcels),
            ("refunds", data.refunds),
            ("disputes", data.disputes),
        )
        parts = ((f"{name}[{place}].", part) for name, parts in lists for place, part in enumerate(parts))
        return [*_times("", data), *(time for path, part in parts for time in _times(path, part))]
    order = getattr(data, "order", None)
    return _times("order.", order) if order else []


def _times(path: str, part: Struct) -> list[tuple[str, datetime]]:
    found = ((name, getattr(part, name)) for name in part.__struct_fields__ if name != "occurred_at")
    return [(path + name, value) for name, value in found if isinstance(value, datetime)]
