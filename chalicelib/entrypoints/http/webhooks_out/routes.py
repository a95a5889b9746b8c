"""Webhooks out: a shop's endpoints, their secrets, and the log of deliveries."""

import secrets
from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.idempotency import expected_version
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, Endpoint

endpoints = Blueprint(__name__)


@endpoints.route("/v1/shops/{shop}/endpoints", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str) -> Response:
    """Replace the shop's endpoints. The secrets of new endpoints are only shown in this answer."""
    from chalicelib.domain.webhooks_out.endpoint import EndpointsIn
    from chalicelib.usecases.shops.change_hooks import change_endpoints

    request = endpoints.current_request
    by = need_admin(request).name
    body = body_of(request, EndpointsIn)
    saved, new_secrets = change_endpoints(services(), shop, body, by, expected_version(request))
    logger.info("endpoints saved", extra={"shop": shop, "endpoints": len(saved)})
    return _list_answer(saved, new_secrets)


@endpoints.route("/v1/shops/{shop}/endpoints", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str) -> Response:
    """List a shop's endpoints."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    known_parameters(endpoints.current_request)
    need_shop(endpoints.current_request, shop, f"shop {shop!r}")
    shop_of(services(), shop)
    return _list_answer(services().deliveries.endpoints(shop))


@endpoints.route("/v1/shops/{shop}/endpoints/{endpoint}/rotate", methods=["POST"], authorizer=STAFF)
@answering
def rotate(shop: str, endpoint: str) -> Response:
    """Create a new secret of an endpoint; the old one stays valid for a day."""
    from chalicelib.usecases.shops.change_hooks import rotate_endpoint

    newest, previous = rotate_endpoint(services(), shop, endpoint, need_admin(endpoints.current_request).name)
    return answer({"secret": newest.secret, "old_until": time_view(previous.until)})


@endpoints.route("/v1/shops/{shop}/endpoints/{endpoint}/test", methods=["POST"], authorizer=STAFF)
@answering
def send_test(shop: str, endpoint: str) -> Response:
    """Send a test to an endpoint, as events are sent."""
    from chalicelib.usecases.webhooks_out import deliver

    need_admin(endpoints.current_request)
    return answer(_full_delivery_view(deliver.send_test(services(), shop, endpoint, secrets.token_hex(16))), 202)


@endpoints.route("/v1/shops/{shop}/endpoints/{endpoint}/deliveries", methods=["GET"], authorizer=STAFF)
@answering
def log(shop: str, endpoint: str) -> Response:
    """List the deliveries to an endpoint, the newest first."""
    request = endpoints.current_request
    known_parameters(request, "limit", "next")
    need_shop(request, shop, f"shop {shop!r}")
    after = requests.cursor_of(request, requests.BY_TIME)
    page = services().deliveries.log(shop, endpoint[:41], requests.limit_of(request), after)
    return answer(requests.page_body(page, [_delivery_view(delivery) for delivery in page.items]))


@endpoints.route("/v1/deliveries/{delivery}", methods=["GET"], authorizer=STAFF)
@answering
def read_delivery(delivery: str) -> Response:
    """A delivery with its body and all attempts."""
    known_parameters(endpoints.current_request)
    return answer(_full_delivery_view(_find_visible(delivery)))


@endpoints.route("/v1/deliveries/{delivery}/replay", methods=["POST"], authorizer=STAFF)
@answering
def replay(delivery: str) -> Response:
    """Deliver it again, with the same `webhook-id`."""
    from chalicelib.usecases.webhooks_out import deliver

    return answer(_full_delivery_view(deliver.replay(services(), _find_visible(delivery))), 202)


def _find_visible(identifier: str) -> "Delivery":
    """The delivery with this id, if the caller may see it; NotFound otherwise. The access is recorded."""
    delivery = services().deliveries.load(key_of_id(identifier))
    if delivery is None or delivery.id != identifier:
        raise NotFound(f"There is no delivery {identifier!r}.")
    need_shop(endpoints.current_request, delivery.shop, f"delivery {identifier!r}")
    note_access(endpoints.current_request, [delivery.whose] if delivery.case else [], "deliveries")
    return delivery


def _list_answer(listed: "tuple[Endpoint, ...]", new_secrets: dict[str, str] | None = None) -> Response:
    """The endpoints with their version as an ETag; where some may be new, with the secrets of those."""
    from chalicelib.domain.webhooks_out.endpoint import version_of

    items = [_view(endpoint) for endpoint in listed]
    if new_secrets is not None:
        items = [item | {"secret": new_secrets.get(item["name"])} for item in items]
    return answer({"items": items, "next": None}, headers={"ETag": f'"{version_of(listed)}"'})


def _view(endpoint: "Endpoint") -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "types": list(endpoint.types),
        "state": "disabled" if endpoint.disabled_at is not None else "active",
        "disabled_at": time_view(endpoint.disabled_at),
    }


def _delivery_view(delivery: "Delivery") -> dict[str, Any]:
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "id": delivery.id,
        "shop": delivery.shop,
        "endpoint": delivery.endpoint,
        "type": delivery.type,
        "case": delivery.case or None,
        "state": delivery.state,
        "tries": len(delivery.attempts),
        "status": last.status if last else None,
        "at": format_instant(delivery.at),
        "next_at": time_view(delivery.next_at),
    }


def _full_delivery_view(delivery: "Delivery") -> dict[str, Any]:
    return _delivery_view(delivery) | {
        "body": msgspec.json.decode(delivery.body) if delivery.body else None,
        "attempts": [_attempt_view(attempt) for attempt in delivery.attempts],
    }


def _attempt_view(attempt: "Attempt") -> dict[str, Any]:
    return {
        "at": format_instant(attempt.at),
        "status": attempt.status,
        "answer": attempt.answer,
        "seconds": attempt.seconds,
    }
