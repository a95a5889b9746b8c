"""The page that the link of an export leads to."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.portal.pages import HEADERS, paged
from chalicelib.observability import logger

exports = Blueprint(__name__)


@exports.route("/x/{token}", methods=["GET"])
@paged(lambda: exports.current_request)
def fetch(token: str) -> Response:
    """Redirect to the file, by a URL that is valid for five minutes."""
    from chalicelib.usecases.privacy.export_customer import fetch_export

    url = fetch_export(services(), token)
    logger.info("export fetched")
    return Response(body="", status_code=303, headers={**HEADERS, "Location": url})
