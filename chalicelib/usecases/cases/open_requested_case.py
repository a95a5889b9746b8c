"""Open the case that a webhook asks for, or a low review."""

from chalicelib.domain.cases.payloads import CaseRequested, ProductReview
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import Request, of_request, of_review, open_case
from chalicelib.usecases.customers.upsert_customer import upsert_requester
from chalicelib.usecases.ports.intake import Incoming, Outcome
from chalicelib.usecases.ports.services import Services

LOW_SCORE = 2


def open_requested_case(services: Services, shop: Shop, data: CaseRequested, incoming: Incoming) -> Outcome:
    """Open the case of `case.requested`."""
    receipt = incoming.receipt
    customer = upsert_requester(services, shop, data, receipt.received_at)
    by = Actor("shop", shop.id)
    return _open(services, shop, of_request(shop, data, customer, by, receipt.received_at, receipt.id), incoming)


def open_review_case(services: Services, shop: Shop, data: ProductReview, incoming: Incoming) -> Outcome:
    """Open a case for a review with a low score; other reviews are ignored."""
    if data.score > LOW_SCORE:
        return Outcome("ignored", reason=f"a score above {LOW_SCORE} opens no case")
    receipt = incoming.receipt
    customer = upsert_requester(services, shop, data, receipt.received_at)
    return _open(services, shop, of_review(shop, data, customer, receipt.received_at, receipt.id), incoming)


def _open(services: Services, shop: Shop, request: Request, incoming: Incoming) -> Outcome:
    stored = open_case(services, shop, request, seen=incoming.seen)
    if stored.case is not None and (stored.case.type == "review") != (request.kind == "review"):
        why = f"external_id {request.external_id!r} is that of another case"
        return Outcome("failed", stored.case.id, why, opened=stored)
    return Outcome("processed", stored.case.id if stored.case else None, opened=stored)
