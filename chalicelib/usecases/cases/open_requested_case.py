"""Open the case that a webhook, an agent or a low review requests."""

from typing import TYPE_CHECKING, Literal

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.payloads import CaseRequested, ProductReview
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import Instant, from_datetime, happened_at
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.triage.parts import is_typed
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.customers.upsert_identified import noted_unless_kept, upsert_identified
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Incoming, Outcome
from chalicelib.usecases.ports.read_ahead import Wanted

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.customers.upsert_customer import UpsertCustomerServices
    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasFeedback,
        HasIdentities,
        HasModels,
        HasOrderRecords,
        HasReadAhead,
        HasRegistries,
        HasShops,
        HasVault,
    )

    class OpenRequestedCaseServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasFeedback,
        HasIdentities,
        HasModels,
        HasOrderRecords,
        HasReadAhead,
        HasRegistries,
        HasShops,
        HasVault,
        Protocol,
    ):
        """The services that `open_requested_case` uses."""


LOW_SCORE = 2


def open_requested_case(
    services: "OpenRequestedCaseServices", shop: Shop, data: CaseRequested, incoming: Incoming
) -> Outcome:
    """Open the case of `case.requested`."""
    receipt = incoming.receipt
    read_ahead(services, shop.id, data, with_shop=False)
    customer = upsert_identified(services, shop, data.customer, happened_at(data.occurred_at, receipt.received_at))
    by = Actor("shop", shop.id)
    with noted_unless_kept(services, customer) as owners:
        request = case_request_of(shop, data, customer, by, receipt.received_at, receipt.id)
        outcome = _open(services, shop, typed_on_arrival(services, shop, data, request), incoming)
        owners.append(owner_of(outcome.opened))
    return outcome


def read_ahead(
    services: "OpenRequestedCaseServices", shop: str, data: CaseRequested | ProductReview, with_shop: bool
) -> None:
    """Read in one request what opening the case reads first: the customer, the order and, unless it was read just now,
    the shop. A text that names no shop reads nothing of a customer, because hashing for it would give it a key."""
    customer = customer_key(services, shop, data.customer.external_id) if services.vault.serves(shop) else None
    order = data.order.external_id if data.order else None
    settings: Literal["fresh"] | None = "fresh" if with_shop else None
    services.ahead.read(Wanted(shop=shop, settings=settings, customer=customer, order=order))


def open_review_case(
    services: "OpenRequestedCaseServices", shop: Shop, data: ProductReview, incoming: Incoming
) -> Outcome:
    """Open a case for a review with a low score; other reviews are kept as feedback alone."""
    if data.score > LOW_SCORE:
        from chalicelib.usecases.feedback.collect_feedback import report_review

        report_review(services, shop, data, incoming.receipt.received_at)
        return Outcome("ignored", reason=f"a score above {LOW_SCORE} opens no case")
    receipt = incoming.receipt
    read_ahead(services, shop.id, data, with_shop=False)
    customer = upsert_identified(services, shop, data.customer, happened_at(data.occurred_at, receipt.received_at))
    with noted_unless_kept(services, customer) as owners:
        request = _case_request_of_review(shop, data, customer, receipt.received_at, receipt.id)
        outcome = _open(services, shop, request, incoming)
        owners.append(owner_of(outcome.opened))
    return outcome


def upsert_requester(services: "UpsertCustomerServices", shop: Shop, data: CaseRequested, now: Instant) -> Customer:
    """Create or update the customer for whom staff request a case; the customer as stored then."""
    return upsert_customer(services, shop, data.customer, happened_at(data.occurred_at, now))


def _open(services: "OpenRequestedCaseServices", shop: Shop, request: CaseRequest, incoming: Incoming) -> Outcome:
    written = list[Event]()
    stored = open_case(services, shop, request, seen=incoming.seen, committed=written.extend)
    if stored.case is not None and _is_of_another(stored.case, request):
        reason = f"external_id {request.external_id!r} is that of another case"
        return Outcome("failed", stored.case.id, reason, opened=stored)
    return Outcome("processed", stored.case.id if stored.case else None, opened=stored, events=tuple(written))


def _is_of_another(case: Case, request: CaseRequest) -> bool:
    """Whether a review has the external id of a case, or the other way round. What typing or an agent made of either
    does not count: then their channels say what they are."""
    if is_typed(case) or request.typed is not None:
        return (case.channel == "review") != (request.channel == "review")
    return (case.type == "review") != (request.kind == "review")


def owner_of(stored: StoredCase | None) -> str | None:
    """The id of the customer whose case it is; None if there is no case."""
    return stored.case.customer if stored is not None and stored.case is not None else None


def case_request_of(
    shop: Shop, data: CaseRequested, customer: Customer, by: Actor, now: Instant, receipt: str | None
) -> CaseRequest:
    """The request of a `case.requested` webhook or of `POST /v1/cases`, still without a type if it came without one."""
    return CaseRequest(
        external_id=data.external_id,
        kind=data.type or "question",
        channel=data.channel,
        subject=data.subject,
        message=data.message,
        customer=customer.id,
        language=_language(data, customer, shop),
        by=by,
        occurred_at=happened_at(data.occurred_at, now),
        claimed_at=_claimed_at(data),
        received_at=now,
        order=data.order.order() if data.order else None,
        claim=data.claim.claim() if data.claim else None,
        priority=raised(data.priority, customer.care),
        historical=data.historical,
        receipt=receipt,
        segment=routing_segment(customer),
        to_be_called=bool(customer.care),
    )


def typed_on_arrival(services: "HasModels", shop: Shop, data: CaseRequested, request: CaseRequest) -> CaseRequest:
    """The request with a type: its own, or else the one that its words speak for."""
    if data.type is not None:
        return request
    from chalicelib.domain.triage.arrival import typed_by_words

    return typed_by_words(request, services.models.live(shop.id))


def _case_request_of_review(
    shop: Shop, data: ProductReview, customer: Customer, now: Instant, receipt: str | None
) -> CaseRequest:
    return CaseRequest(
        external_id=data.external_id,
        kind="review",
        channel="review",
        subject=f"★ {data.score}/5",
        message=data.text or "",
        customer=customer.id,
        language=_language(data, customer, shop),
        by=Actor("customer", customer.id),
        occurred_at=happened_at(data.occurred_at, now),
        claimed_at=_claimed_at(data),
        received_at=now,
        order=data.order.order() if data.order else None,
        historical=data.historical,
        score=data.score,
        receipt=receipt,
        segment=routing_segment(customer),
        priority=raised("normal", customer.care),
        to_be_called=bool(customer.care),
    )


def routing_segment(customer: Customer) -> str | None:
    """The customer's segment by which rules apply and advisers are chosen; None if they are in none."""
    return customer.segments.rfm if customer.segments else None


def _language(data: CaseRequested | ProductReview, customer: Customer, shop: Shop) -> str:
    return data.customer.language or customer.language or shop.locale


def _claimed_at(data: CaseRequested | ProductReview) -> Instant | None:
    return from_datetime(data.occurred_at) if data.occurred_at else None
