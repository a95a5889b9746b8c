"""Search the cases of a shop."""

from typing import Any

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.observability import logger
from chalicelib.usecases.ports.cases import Page

search = Blueprint(__name__)
NOT_STORED: requests.Headers = {"Cache-Control": "no-store"}


class _Asked(Struct, frozen=True):
    """What is searched for, where, and which page of it."""

    shop: str
    text: str
    limit: int
    after: str | None


@search.route("/v1/cases/search", methods=["GET"], authorizer=STAFF)
@answering
def by_parameters() -> Response:
    """Search the cases of a shop for the text in the query."""
    from chalicelib.domain.search.question import MAX_QUERY
    from chalicelib.usecases.search.search import CURSOR

    request = search.current_request
    known_parameters(request, "shop", "q", "limit", "next")
    shop, text = parameter(request, "shop"), parameter(request, "q")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose cases you want")
    if text is None or len(text) > MAX_QUERY:
        raise invalid("q", f"is needed: what to search for, {MAX_QUERY} characters at most")
    return _results(request, _Asked(shop, text, requests.limit_of(request), requests.cursor_of(request, CURSOR)))


@search.route("/v1/cases/search", methods=["POST"], authorizer=STAFF)
@answering
def by_body() -> Response:
    """Search the cases of a shop for the text in the body, which no URL and no log has."""
    from chalicelib.domain.search.payloads import SearchCases
    from chalicelib.usecases.search.search import CURSOR

    request = search.current_request
    known_parameters(request)
    body = body_of(request, SearchCases)
    after = requests.cursor_in(body.next, CURSOR) if body.next else None
    return _results(request, _Asked(body.shop, body.q, body.limit, after))


def _results(request: Request, asked: _Asked) -> Response:
    """A page of results. What was searched for is not logged."""
    from chalicelib.entrypoints.http.search.views import result_view
    from chalicelib.usecases.ports.shop_rules import shop_of
    from chalicelib.usecases.search.search import search as search_cases
    from chalicelib.usecases.search.show_results import show_results

    need_shop(request, asked.shop, f"shop {asked.shop!r}")
    shop = shop_of(services(), asked.shop, fresh=False)
    page = search_cases(services(), shop, asked.text, asked.limit, asked.after)
    results = show_results(services(), asked.shop, page)
    note_access(request, [result.file.case.customer for result in results], "search")
    logger.info("searched", extra={"shop": asked.shop, "by": [result.hit.by for result in results]})
    body: dict[str, Any] = requests.page_body(Page([], page.next), [result_view(result) for result in results])
    return answer(body | {"hint": page.hint}, headers=NOT_STORED)
