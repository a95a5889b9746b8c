"""Store what events of cases, reviews and the shop's reports say of the shop, in one shape."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.cases.payloads import ProductReview
from chalicelib.domain.feedback.collect import feedback_of
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.feedback.language import language_of_text
from chalicelib.domain.feedback.payloads import FeedbackReport, order_of
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import Instant, happened_at
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.customers.upsert_identified import note_contact

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.customers.upsert_customer import UpsertCustomerServices
    from chalicelib.usecases.ports.services import HasCases, HasFeedback, HasOrderRecords

    class CollectServices(HasCases, HasFeedback, Protocol):
        """The services that `collect_event` uses."""

    class ReportServices(HasFeedback, HasOrderRecords, UpsertCustomerServices, Protocol):
        """The services that `report_feedback` uses."""


def collect_event(services: "CollectServices", case: Case, event: Event) -> int:
    """Store the feedback of an event, and with an opening that of the events that came before it; how many items.
    Repeating it stores the same ones."""
    earlier = services.cases.events(key_of_id(case.id)) if event.order == OPENING and event.seq > 1 else []
    return _add(services, case, [event, *(other for other in earlier if other.seq < event.seq)])


def collect_case(services: "CollectServices", case: Case) -> int:
    """Store the feedback of all events of a case: of before there was feedback, or whose message was lost; how many
    items it has."""
    return _add(services, case, services.cases.events(key_of_id(case.id)))


def _add(services: "CollectServices", case: Case, events: Sequence[Event]) -> int:
    items = [item for each in events if (item := feedback_of(case, each)) is not None]
    for item in items:
        services.feedback.add(item)
    return len(items)


def report_feedback(services: "ReportServices", shop: Shop, data: FeedbackReport, received_at: Instant) -> bool:
    """Store what was said elsewhere; whether it is the first report with this id."""
    said_at = happened_at(data.occurred_at, received_at)
    order = order_of(data)
    return services.feedback.add_reported(
        FeedbackItem(
            id=new_id(said_at, key_of("told", shop.id, data.external_id)),
            shop=shop.id,
            source=data.source,
            at=said_at,
            language=language_of_text(data.text),
            text=data.text,
            products=(data.product,) if data.product else (),
            order=order,
            customer=_customer(services, shop, data.customer, said_at) or _buyer(services, shop, order),
            score=data.score,
            url=data.url or "",
        )
    )


def report_review(services: "ReportServices", shop: Shop, data: ProductReview, received_at: Instant) -> bool:
    """Store a review that opens no case; whether it is the first report with this id."""
    said_at = happened_at(data.occurred_at, received_at)
    return services.feedback.add_reported(
        FeedbackItem(
            id=new_id(said_at, key_of("review", shop.id, data.external_id)),
            shop=shop.id,
            source="review",
            at=said_at,
            language=language_of_text(data.text or ""),
            text=data.text or "",
            channel="review",
            products=tuple(item.sku for item in data.order.items) if data.order else (),
            order=data.order.external_id if data.order else None,
            customer=_customer(services, shop, data.customer, said_at),
            score=data.score,
        )
    )


def _buyer(services: "ReportServices", shop: Shop, order: str | None) -> str | None:
    """The customer of an order: what is said of it is theirs, and unreadable once they are erased."""
    record = services.order_records.load(shop.id, order) if order is not None else None
    return record.customer if record is not None else None


def _customer(services: "ReportServices", shop: Shop, named: CustomerIn | str | None, said_at: Instant) -> str | None:
    """The id of the customer whom a report names, created if it is new. Retention must find one who has no case."""
    if named is None:
        return None
    payload = CustomerIn(external_id=named) if isinstance(named, str) else named
    customer = upsert_customer(services, shop, payload, said_at)
    note_contact(services, customer)
    return customer.id
