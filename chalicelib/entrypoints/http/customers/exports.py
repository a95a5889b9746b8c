"""Where the link of an export leads."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.portal.pages import HEADERS, paged
from chalicelib.observability import logger

exports = Blueprint(__name__)


@exports.route("/x/{token}", methods=["GET"])
@paged(lambda: exports.current_request)
def fetch(token: str) -> Response:
    """On to the file, by an address that lasts five minutes."""
    from chalicelib.usecases.privacy.export_customer import fetch_export

    address = fetch_export(services(), token)
    logger.info("export fetched")
    return Response(body="", status_code=303, headers={**HEADERS, "Location": address})
