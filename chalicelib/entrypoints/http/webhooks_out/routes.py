"""Webhooks out: a shop's endpoints, their secrets, and the log of what was delivered."""

from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.webhooks_out.endpoint import Delivery, Endpoint, EndpointsIn
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, need_admin, need_shop
from chalicelib.observability import logger
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.webhooks_out import manage_endpoints

endpoints = Blueprint(__name__)


@endpoints.route("/v1/shops/{shop}/endpoints", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str) -> Response:
    """Say where the shop wants its webhooks. The secrets of new endpoints are shown this once."""
    need_admin(endpoints.current_request)
    kept, made = manage_endpoints.put_endpoints(services(), shop, body_of(endpoints.current_request, EndpointsIn))
    logger.info("endpoints saved", extra={"shop": shop, "endpoints": len(kept)})
    return _listed([_view(one) | {"secret": made.get(one.name)} for one in kept])


@endpoints.route("/v1/shops/{shop}/endpoints", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str) -> Response:
    """A shop's endpoints."""
    known_parameters(endpoints.current_request)
    need_shop(endpoints.current_request, shop, f"shop {shop!r}")
    shop_of(services(), shop)
    return _listed([_view(one) for one in services().deliveries.endpoints(shop)])


@endpoints.route("/v1/shops/{shop}/endpoints/{endpoint}/rotate", methods=["POST"], authorizer=STAFF)
@answering
def rotate(shop: str, endpoint: str) -> Response:
    """Make a new secret; for a day the old one signs besides it."""
    need_admin(endpoints.current_request)
    secrets = manage_endpoints.rotate_secret(services(), shop, endpoint)
    return answer({"secret": secrets[0].secret, "old_until": time_view(secrets[1].until)})


@endpoints.route("/v1/shops/{shop}/endpoints/{endpoint}/deliveries", methods=["GET"], authorizer=STAFF)
@answering
def log(shop: str, endpoint: str) -> Response:
    """What was delivered to an endpoint, newest first."""
    request = endpoints.current_request
    known_parameters(request, "limit", "next")
    need_shop(request, shop, f"shop {shop!r}")
    after = requests.cursor_of(request, "[0-9]{13}#[0-9A-Z]{16}")
    page = services().deliveries.log(shop, endpoint[:41], requests.limit_of(request), after)
    return answer(requests.page_body(page, [_delivery_view(one) for one in page.items]))


@endpoints.route("/v1/deliveries/{delivery}", methods=["GET"], authorizer=STAFF)
@answering
def read_delivery(delivery: str) -> Response:
    """A delivery with its body and every try."""
    known_parameters(endpoints.current_request)
    return answer(_whole(_visible(delivery)))


@endpoints.route("/v1/deliveries/{delivery}/replay", methods=["POST"], authorizer=STAFF)
@answering
def replay(delivery: str) -> Response:
    """Deliver it anew, under the `webhook-id` it had."""
    from chalicelib.usecases.webhooks_out import deliver

    return answer(_whole(deliver.replay(services(), _visible(delivery))), 202)


def _visible(identifier: str) -> Delivery:
    found = services().deliveries.load(key_of_id(identifier))
    if found is None or found.id != identifier:
        raise NotFound(f"There is no delivery {identifier!r}.")
    need_shop(endpoints.current_request, found.shop, f"delivery {identifier!r}")
    note_access(endpoints.current_request, [found.whose], "deliveries")
    return found


def _listed(items: list[dict[str, Any]]) -> Response:
    return answer({"items": items, "next": None})


def _view(one: Endpoint) -> dict[str, Any]:
    return {
        "name": one.name,
        "url": one.url,
        "types": list(one.types),
        "state": "disabled" if one.disabled_at is not None else "active",
        "disabled_at": time_view(one.disabled_at),
    }


def _delivery_view(one: Delivery) -> dict[str, Any]:
    last = one.attempts[-1] if one.attempts else None
    return {
        "id": one.id,
        "shop": one.shop,
        "endpoint": one.endpoint,
        "type": one.type,
        "case": one.case,
        "state": one.state,
        "tries": len(one.attempts),
        "status": last.status if last else None,
        "at": format_instant(one.at),
        "next_at": time_view(one.next_at),
    }


def _whole(one: Delivery) -> dict[str, Any]:
    tries = [
        {"at": format_instant(each.at), "status": each.status, "answer": each.answer, "seconds": each.seconds}
        for each in one.attempts
    ]
    return _delivery_view(one) | {
        "body": msgspec.json.decode(one.body) if one.body else None,
        "attempts": tries,
    }
