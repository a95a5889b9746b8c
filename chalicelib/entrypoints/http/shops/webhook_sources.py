"""The API for the sources of inbound webhooks: their secrets, and the accesses to the platforms."""

from typing import TYPE_CHECKING

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.usecases.shops.manage_sources import SourceState

sources = Blueprint(__name__)


@sources.route("/v1/shops/{shop}/sources/{source}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, source: str) -> Response:
    """Save a platform's secret, and the access to its API."""
    from chalicelib.domain.shops.webhook_sources import SourceIn
    from chalicelib.usecases.shops.change_hooks import change_source

    by = need_admin(sources.current_request).name
    state = change_source(services(), shop, source, body_of(sources.current_request, SourceIn), by)
    logger.info("source saved", extra={"shop": shop, "source": source})
    return answer(source_view(state))


@sources.route("/v1/shops/{shop}/sources/{source}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, source: str) -> Response:
    """Show a source, without its secrets."""
    from chalicelib.usecases.shops import manage_sources

    known_parameters(sources.current_request)
    need_admin(sources.current_request)
    return answer(source_view(manage_sources.read_source(services(), shop, source)))


@sources.route("/v1/shops/{shop}/sources/{source}/rotate", methods=["POST"], authorizer=STAFF)
@answering
def rotate(shop: str, source: str) -> Response:
    """Make a new secret; the old one is accepted for another hour."""
    from chalicelib.usecases.shops.change_hooks import rotate_source

    state, secret = rotate_source(services(), shop, source, need_admin(sources.current_request).name)
    logger.info("source rotated", extra={"shop": shop, "source": source})
    return answer(source_view(state) | {"secret": secret})


def source_view(state: "SourceState") -> dict[str, object]:
    """A source as the API shows it."""
    comparison = {"day": state.reconciled, **msgspec.structs.asdict(state.gaps)} if state.reconciled else None
    return {
        "source": state.source,
        "store": state.store,
        "old_until": time_view(state.old_until),
        "reconciled": comparison,
    }
