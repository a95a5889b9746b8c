"""The sources of webhooks in: their secrets, and how the platform behind one is asked."""

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters
from chalicelib.observability import logger
from chalicelib.usecases.shops import manage_sources
from chalicelib.usecases.shops.manage_sources import SourceState

sources = Blueprint(__name__)


@sources.route("/v1/shops/{shop}/sources/{source}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, source: str) -> Response:
    """Keep a platform's secret, and how to ask it."""
    need_admin(sources.current_request)
    kept = manage_sources.put_source(services(), shop, source, body_of(sources.current_request, SourceIn))
    logger.info("source saved", extra={"shop": shop, "source": source})
    return answer(source_view(kept))


@sources.route("/v1/shops/{shop}/sources/{source}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, source: str) -> Response:
    """A source, without its secrets."""
    known_parameters(sources.current_request)
    need_admin(sources.current_request)
    return answer(source_view(manage_sources.read_source(services(), shop, source)))


@sources.route("/v1/shops/{shop}/sources/{source}/rotate", methods=["POST"], authorizer=STAFF)
@answering
def rotate(shop: str, source: str) -> Response:
    """Make a new secret; for an hour the old one is taken, too."""
    need_admin(sources.current_request)
    state, secret = manage_sources.rotate_source(services(), shop, source)
    logger.info("source rotated", extra={"shop": shop, "source": source})
    return answer(source_view(state) | {"secret": secret})


def source_view(state: SourceState) -> dict[str, object]:
    """A source as the API shows it."""
    night = {"day": state.reconciled, **msgspec.structs.asdict(state.gaps)} if state.reconciled else None
    return {
        "source": state.source,
        "store": state.store,
        "old_until": time_view(state.old_until),
        "reconciled": night,
    }
