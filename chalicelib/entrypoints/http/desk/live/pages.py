"""What the module `live.js` of the desk's pages asks for: the changes feed, and tickets for sockets."""

from chalice.app import Response

from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.live.views import changes_answer, ticket_answer
from chalicelib.entrypoints.http.requests import known_parameters, limit_of, parameter


def changes(desk: Desk) -> Response:
    """Which cases have changed since a cursor."""
    known_parameters(desk.request, "shop", "since", "limit")
    return changes_answer(desk.shop.id, parameter(desk.request, "since"), limit_of(desk.request))


def ticket(desk: Desk) -> Response:
    """A ticket for a socket."""
    return ticket_answer(desk.shop.id, desk.caller.name)
