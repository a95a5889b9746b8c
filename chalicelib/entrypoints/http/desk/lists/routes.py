"""The views of the desk: their counts, and their cases by the next promise."""

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import Caller, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters

desk_lists = Blueprint(__name__)
PLACE = "[0-9]{13}[#-][0-9A-Z]{16,26}"
"""The cursor of a list: a promise and a case, or the time and the event of a mention."""


def need_known_shop(request: Request, shop: str) -> Caller:
    """The caller, if they may see this shop and there is one; NotFound otherwise."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    caller = need_shop(request, shop, f"shop {shop!r}")
    shop_of(services(), shop, fresh=False)
    return caller


@desk_lists.route("/v1/desk/{shop}/views", methods=["GET"], authorizer=STAFF)
@answering
def counts(shop: str) -> Response:
    """How many cases each view has for the caller."""
    from chalicelib.entrypoints.http.desk.lists.views import count_view
    from chalicelib.usecases.desk.count_views import count_views

    request = desk_lists.current_request
    known_parameters(request)
    counted = count_views(services(), shop, need_known_shop(request, shop).name)
    return answer({"items": [count_view(each) for each in counted.views], "next": None, "complete": counted.complete})


@desk_lists.route("/v1/desk/{shop}/views/{view}", methods=["GET"], authorizer=STAFF)
@answering
def rows(shop: str, view: str) -> Response:
    """A page of a view for the caller."""
    from chalicelib.entrypoints.http.desk.lists.views import row_view
    from chalicelib.usecases.desk.list_view import list_view, view_named
    from chalicelib.usecases.ports.cases import Page

    request = desk_lists.current_request
    known_parameters(request, "limit", "next")
    caller = need_known_shop(request, shop)
    after = requests.cursor_of(request, PLACE)
    page = list_view(services(), shop, caller.name, view_named(view), requests.limit_of(request), after)
    note_access(request, [row.customer for row in page.rows], "cases")
    body = requests.page_body(Page(page.rows, page.next), [row_view(row) for row in page.rows])
    return answer(body | {"complete": page.complete})
