"""The supervisors' board, and the cases behind the figures of a day."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.desk.lists.routes import need_known_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters

board_routes = Blueprint(__name__)
PLACE = "[0-9]{1,2}#([0-9A-Z]{16})?"


@board_routes.route("/v1/desk/{shop}/board", methods=["GET"], authorizer=STAFF)
@answering
def show(shop: str) -> Response:
    """Who is here, what waits, which promises are broken or about to be, and what today brought."""
    from chalicelib.entrypoints.http.desk.lists.board_views import board_view
    from chalicelib.usecases.desk.board import board

    request = board_routes.current_request
    known_parameters(request)
    shown = board(services(), shop, need_known_shop(request, shop).name)
    note_access(request, [row.customer for part in (shown.broken, shown.soon) for row in part.rows], "cases")
    return answer(board_view(shown))


@board_routes.route("/v1/desk/{shop}/days/{day}/{figure}", methods=["GET"], authorizer=STAFF)
@answering
def cases_of_day(shop: str, day: str, figure: str) -> Response:
    """The cases that count in a figure of a day."""
    from chalicelib.domain.desk.day_figures import FIGURES
    from chalicelib.entrypoints.http.desk.lists.views import row_view
    from chalicelib.usecases.desk.count_day import list_day
    from chalicelib.usecases.ports.cases import Page

    request = board_routes.current_request
    known_parameters(request, "next")
    caller = need_known_shop(request, shop)
    wanted = next((each for each in FIGURES if each == figure), None)
    if wanted is None:
        raise NotFound(f"There is no figure {figure!r}; there are {', '.join(FIGURES)}.")
    page = list_day(services(), shop, caller.name, _day(day), wanted, requests.cursor_of(request, PLACE))
    note_access(request, [row.customer for row in page.rows], "cases")
    return answer(requests.page_body(Page(page.rows, page.next), [row_view(row) for row in page.rows]))


def _day(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotFound(f"{text!r} is no day, such as 2026-11-20.") from None
