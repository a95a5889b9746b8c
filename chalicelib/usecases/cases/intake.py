"""The intake handlers of webhooks about cases: they open a case, or report an event of one."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.payloads import (
    CaseRequested,
    CustomerMessage,
    HelpdeskAssignment,
    HelpdeskReport,
    ProductReview,
)
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.reported.reported_events import (
    becomes_reported,
    helpdesk_action_reported,
    helpdesk_assignment_reported,
    message_reported,
)
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.intake import EventKey, Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def reported_case(_source: Origin, data: CaseEvent) -> str:
    """The external id of the case that a report is about."""
    return data.case_external_id


def owner_of_case(services: "Services", receipt: Receipt, data: CaseEvent) -> str:
    """The key of the case's customer; the key of the case itself while the case is not open yet."""
    key = case_key(receipt.shop, data.case_external_id)
    case = services.cases.load(key).case
    return key_of_id(case.customer) if case else key


def _id_of_requested_case(_source: Origin, data: CaseRequested | ProductReview) -> str:
    return data.external_id


def _opening_of_request(receipt: Receipt, data: CaseRequested | ProductReview) -> EventKey:
    return EventKey(case_key(receipt.shop, data.external_id), "0")


def _customer_of_request(services: "Services", receipt: Receipt, data: CaseRequested | ProductReview) -> str:
    return customer_key(services, receipt.shop, data.customer.external_id)


def _handle_request(services: "Services", shop: Shop, data: CaseRequested, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.open_requested_case import open_requested_case

    return open_requested_case(services, shop, data, incoming)


def _handle_review(services: "Services", shop: Shop, data: ProductReview, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.open_requested_case import open_review_case

    return open_review_case(services, shop, data, incoming)


def _handle_message(services: "Services", shop: Shop, data: CustomerMessage, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.reported.report_to_case import append_reported_events

    return append_reported_events(services, shop, data, incoming, message_reported(incoming.receipt, data))


def _handle_helpdesk_report(services: "Services", shop: Shop, data: HelpdeskReport, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.reported.report_to_case import append_reported_events

    reported = helpdesk_action_reported(incoming.receipt, data)
    return append_reported_events(services, shop, data, incoming, reported)


def _handle_assignment(services: "Services", shop: Shop, data: HelpdeskAssignment, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.cases.reported.report_to_case import append_reported_events

    reported = helpdesk_assignment_reported(incoming.receipt, data)
    return append_reported_events(services, shop, data, incoming, reported)


def _check_assignment(_kind: str, data: HelpdeskAssignment, _now: Instant) -> None:
    if data.assignee is None and data.team is None:
        raise invalid("data", "names nobody: give assignee, team or both")


INTAKE: IntakeTable = (
    IntakeHandler(
        data=CaseRequested,
        handle=_handle_request,
        webhooks=("case.requested",),
        owner=_customer_of_request,
        case=_id_of_requested_case,
        becomes=_opening_of_request,
        opens=True,
    ),
    IntakeHandler(
        data=CustomerMessage,
        handle=_handle_message,
        webhooks=("message.received",),
        owner=owner_of_case,
        case=reported_case,
        becomes=becomes_reported(message_reported),
    ),
    IntakeHandler(
        data=HelpdeskReport,
        handle=_handle_helpdesk_report,
        webhooks=("case.replied", "case.resolved", "case.closed"),
        owner=owner_of_case,
        case=reported_case,
        becomes=becomes_reported(helpdesk_action_reported),
    ),
    IntakeHandler(
        data=HelpdeskAssignment,
        handle=_handle_assignment,
        webhooks=("case.assigned",),
        owner=owner_of_case,
        case=reported_case,
        becomes=becomes_reported(helpdesk_assignment_reported),
        check=_check_assignment,
    ),
    IntakeHandler(
        data=ProductReview,
        handle=_handle_review,
        webhooks=("review.created",),
        owner=_customer_of_request,
        case=_id_of_requested_case,
        becomes=_opening_of_request,
        opens=True,
    ),
)
