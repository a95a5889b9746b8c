"""Webhooks that shops and platforms send, and their receipts."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import InvalidSignature, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.cases.views import receipt_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import (
    BY_TIME,
    answer,
    cursor_of,
    headers_of,
    known_parameters,
    limit_of,
    page_body,
    parameter,
    raw_body,
)
from chalicelib.observability import about, logger

if TYPE_CHECKING:
    from chalicelib.usecases.ports.intake import Receipt

hooks = Blueprint(__name__)
ANY_BODY = ["application/json", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"]


@hooks.route("/v1/hooks/{shop}/{source}", methods=["POST"], content_types=ANY_BODY)
@answering
def receive(shop: str, source: str) -> Response:
    """Receive a webhook: 202 when it is new, 200 when it was received before."""
    from chalicelib.usecases.intake.receive_webhook import receive_webhook

    request = hooks.current_request
    try:
        taken = receive_webhook(services(), shop, source, headers_of(request), raw_body(request))
    except InvalidSignature:
        logger.info("hook not authentic", extra={"shop": shop, "source": source})
        raise
    if taken is None:
        return answer({})
    if taken.case is not None:
        about(case_key(shop, taken.case))
    logger.info("hook", extra={"receipt": taken.receipt.id, "type": taken.receipt.type, "duplicate": taken.duplicate})
    return answer({"receipt": taken.receipt.id, "duplicate": taken.duplicate}, 200 if taken.duplicate else 202)


@hooks.route("/v1/receipts", methods=["GET"], authorizer=STAFF)
@answering
def list_receipts() -> Response:
    """List a shop's webhooks and emails that had no effect: those that failed or were ignored, the newest first."""
    from chalicelib.usecases.intake.list_receipts import list_receipts

    request = hooks.current_request
    known_parameters(request, "shop", "source", "state", "limit", "next")
    shop = parameter(request, "shop") or ""
    need_shop(request, shop, f"shop {shop!r}")
    source, state = parameter(request, "source"), parameter(request, "state")
    page = list_receipts(services(), shop, source, state, limit_of(request), cursor_of(request, BY_TIME))
    return answer(page_body(page, [receipt_view(receipt) for receipt in page.items]))


@hooks.route("/v1/receipts/{receipt}", methods=["GET"], authorizer=STAFF)
@answering
def read_receipt(receipt: str) -> Response:
    """The receipt of a webhook, which says what became of it."""
    known_parameters(hooks.current_request)
    return answer(receipt_view(_find_visible(receipt)))


@hooks.route("/v1/receipts/{receipt}/replay", methods=["POST"], authorizer=STAFF)
@answering
def replay_receipt(receipt: str) -> Response:
    """Process a webhook again; what it has done already is not done twice."""
    from chalicelib.usecases.intake.process_receipt import process_receipt

    process_receipt(services(), _find_visible(receipt).id)
    return answer(receipt_view(_find_visible(receipt)))


def _find_visible(identifier: str) -> "Receipt":
    from chalicelib.usecases.intake.read_receipt import read_receipt

    receipt = read_receipt(services(), identifier)
    if receipt is None or receipt.id != identifier:
        raise NotFound(f"There is no receipt {identifier!r}.")
    need_shop(hooks.current_request, receipt.shop, f"receipt {identifier!r}")
    return receipt
