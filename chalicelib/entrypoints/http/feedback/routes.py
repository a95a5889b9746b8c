"""Read what runs found in feedback, say what an alert was worth, and name a shop's promotions."""

from collections.abc import Sequence
from typing import Any

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, NotFound, invalid
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.usecases.ports.cases import Page

feedback = Blueprint(__name__)
PERIOD_DAYS = 112
"""The period that is shown unless the request names another: what the nightly job looks at."""


@feedback.route("/v1/feedback/{kind}", methods=["GET"], authorizer=STAFF)
@answering
def findings(kind: str) -> Response:
    """A list of what the last run of a period found."""
    from chalicelib.entrypoints.http.feedback.views import VIEWS, run_view
    from chalicelib.usecases.insights.read_findings import Period, read_findings

    request = feedback.current_request
    known_parameters(request, "shop", "from", "to", "day", "topic", "limit", "next")
    shop = _readable_shop(request)
    if kind == "items":
        return _items(request, shop)
    if kind not in VIEWS:
        raise NotFound(f"There is no list {kind!r}; there are {', '.join(VIEWS)}.")
    first, last = _period(request)
    stored = read_findings(services(), shop, Period(first, last))
    page = _page(request, VIEWS[kind](stored.runs, first, last))
    return answer(requests.page_body(page, page.items) | {"run": run_view(stored.newest)})


def _items(request: Request, shop: str) -> Response:
    """What people said on a topic, the newest first. Texts of erased people are left out."""
    from chalicelib.entrypoints.http.feedback.views import item_view
    from chalicelib.usecases.insights.read_findings import items_of_topic

    topic = parameter(request, "topic")
    if topic is None:
        raise invalid("topic", "is needed: the id of a topic")
    _, last = _period(request)
    page = _page(request, items_of_topic(services(), shop, topic, last))
    note_access(request, [item.customer for item in page.items if item.customer], "feedback")
    return answer(requests.page_body(page, [item_view(item) for item in page.items]))


def _page(request: Request, everything: Sequence[Any]) -> Page:
    """The page of a list that the request names. A list is one night's, so a place in it is a number."""
    start, limit = int(requests.cursor_of(request, "[0-9]{1,6}") or 0), requests.limit_of(request)
    end = start + limit
    return Page(list(everything[start:end]), str(end) if len(everything) > end else None)


@feedback.route("/v1/shops/{shop}/alerts/{alert}", methods=["POST"], authorizer=STAFF)
@answering
def judge_alert(shop: str, alert: str) -> Response:
    """Say whether an alert was useful, which teaches what is raised."""
    from chalicelib.domain.insights.payloads import AlertOpinion
    from chalicelib.usecases.insights.judge_alert import judge_alert as judge
    from chalicelib.usecases.ports.shop_rules import shop_of

    request = feedback.current_request
    known_parameters(request)
    caller = need_shop(request, shop, f"shop {shop!r}")
    body = body_of(request, AlertOpinion)
    if not caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may judge alerts.")
    judge(services(), shop_of(services(), shop), alert, body.useful, caller.name)
    return answer({"alert": alert, "useful": body.useful})


@feedback.route("/v1/shops/{shop}/promotions", methods=["GET", "PUT"], authorizer=STAFF)
@answering
def promotions(shop: str) -> Response:
    """Read or replace the promotions of a shop: days on which more is said, which is nothing unusual."""
    from chalicelib.domain.insights.promotions import Promotions, check_promotions
    from chalicelib.usecases.ports.shop_rules import shop_of

    request = feedback.current_request
    known_parameters(request)
    need_shop(request, shop, f"shop {shop!r}")
    shop_of(services(), shop)
    if request.method == "PUT":
        need_admin(request)
        body = body_of(request, Promotions)
        check_promotions(body)
        services().findings.save_promotions(shop, body)
    listed = services().findings.promotions(shop)
    return answer({"promotions": [{"name": each.name, "first": each.first, "last": each.last} for each in listed]})


def _readable_shop(request: Request) -> str:
    shop = parameter(request, "shop")
    if shop is None:
        raise invalid("shop", "is needed: name the shop whose feedback you want")
    need_shop(request, shop, f"shop {shop!r}")
    return shop


def _period(request: Request) -> tuple[str, str]:
    """The first and the last day of the request; by `day` alone, the days that its night looks at."""
    from chalicelib.domain.kernel.timestamps import day_of, next_day
    from chalicelib.entrypoints.http.metrics.routes import read_day

    def given(name: str) -> Any:
        return read_day(name, text) if (text := parameter(request, name)) is not None else None

    last = given("to") or given("day") or day_of(services().now(), "UTC")
    first = given("from") or next_day(last, 1 - PERIOD_DAYS)
    if first > last:
        raise invalid("from", "is after the last day")
    return first, last
