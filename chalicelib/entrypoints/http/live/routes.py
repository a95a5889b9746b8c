"""What keeps open desks current: the changes feed of a shop, and tickets for sockets."""

from chalice.app import Blueprint, Response

from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.live.views import changes_answer, ticket_answer
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import body_of, known_parameters, limit_of, parameter

live = Blueprint(__name__)


@live.route("/v1/cases/changes", methods=["GET"], authorizer=STAFF)
@answering
def changes() -> Response:
    """Which cases of a shop have changed since a cursor."""
    request = live.current_request
    known_parameters(request, "shop", "since", "limit")
    shop = parameter(request, "shop") or caller_of(request).only_shop
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose changes you want, for you may see several")
    need_shop(request, shop, f"shop {shop!r}")
    return changes_answer(shop, parameter(request, "since"), limit_of(request))


@live.route("/v1/live/tickets", methods=["POST"], authorizer=STAFF)
@answering
def ticket() -> Response:
    """Issue a ticket, with which a page opens a socket once."""
    from chalicelib.domain.live.tickets import TicketIn

    request = live.current_request
    known_parameters(request)
    asked = body_of(request, TicketIn)
    return ticket_answer(asked.shop, need_shop(request, asked.shop, f"shop {asked.shop!r}").name)
