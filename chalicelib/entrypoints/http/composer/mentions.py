"""One's own mentions in notes that one has not read."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.composer.views import mention_view
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, cursor_of, known_parameters, limit_of, page_body

mentions = Blueprint(__name__)


@mentions.route("/v1/shops/{shop}/mentions", methods=["GET"], authorizer=STAFF)
@answering
def unread(shop: str) -> Response:
    """The mentions that one has not read, the newest first."""
    from chalicelib.usecases.composer.mentions import unread_mentions

    request = mentions.current_request
    known_parameters(request, "limit", "next")
    caller = need_shop(request, shop, f"shop {shop!r}")
    cursor = cursor_of(request, "[0-9]{13}-[0-9A-Z]{26}")
    page = unread_mentions(services(), shop, caller.name, limit_of(request), cursor)
    return answer(page_body(page, [mention_view(mention) for mention in page.items]))


@mentions.route("/v1/shops/{shop}/mentions/read", methods=["POST"], authorizer=STAFF)
@answering
def read(shop: str) -> Response:
    """Take mentions from one's list: those that are named, or all of one case."""
    from chalicelib.domain.composer.mentions import MentionsRead
    from chalicelib.usecases.composer.mentions import mark_case_read, mark_read

    request = mentions.current_request
    caller = need_shop(request, shop, f"shop {shop!r}")
    body = body_of(request, MentionsRead)
    mark_read(services(), shop, caller.name, body.mentions)
    if body.case is not None:
        mark_case_read(services(), shop, caller.name, body.case)
    return answer({"shop": shop})
