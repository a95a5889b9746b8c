"""Read the daily metrics, request runs of the nightly job, and simulate policies."""

import re

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter

metrics = Blueprint(__name__)


@metrics.route("/v1/metrics/run", methods=["POST"], authorizer=STAFF)
@answering
def run() -> Response:
    """Request that the nightly job computes a day."""
    from chalicelib.domain.metrics.commands import MetricsRun
    from chalicelib.usecases.metrics.schedule_days import schedule_day
    from chalicelib.usecases.ports.shop_rules import shop_of

    need_admin(metrics.current_request)
    body = body_of(metrics.current_request, MetricsRun)
    read_day("day", body.day)
    shop = shop_of(services(), body.shop)
    if body.day > day_of(services().now(), shop.time_zone):
        raise invalid("day", "has not begun yet")
    run_id = schedule_day(services().metrics, body.shop, body.day, services().now())
    return answer({"run": run_id, "shop": body.shop, "day": body.day}, 202)


@metrics.route("/v1/metrics/satisfaction", methods=["GET"], authorizer=STAFF)
@answering
def satisfaction() -> Response:
    """List the records of a shop in one dimension, by day."""
    from chalicelib.domain.metrics.dimensions import DIMENSIONS

    return _list_records(DIMENSIONS, "")


@metrics.route("/v1/metrics/after-sales", methods=["GET"], authorizer=STAFF)
@answering
def after_sales() -> Response:
    """List the after-sales records of a shop in one dimension, by day."""
    from chalicelib.domain.aftersales import measures as aftersales

    return _list_records(aftersales.DIMENSIONS, aftersales.PREFIX)


@metrics.route("/v1/metrics/settlement", methods=["GET"], authorizer=STAFF)
@answering
def settlement() -> Response:
    """List how a shop's refunds matched its statements, by day."""
    from chalicelib.domain.settlement import measures as settlement_measures

    return _list_records(("all",), settlement_measures.PREFIX)


@metrics.route("/v1/metrics/agents", methods=["GET"], authorizer=STAFF)
@answering
def agents() -> Response:
    """What the agents of a shop did in a period, each compared with all of them if the samples are large enough."""
    from chalicelib.domain.metrics.dimensions import AGENT_DIMENSIONS
    from chalicelib.usecases.metrics.compare_agents import compare_agents

    request = metrics.current_request
    known_parameters(request, "shop", "from", "to", "dimension")
    shop = _readable_shop()
    dimension = _dimension(AGENT_DIMENSIONS, "agent")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    return answer({"items": compare_agents(services().metrics, shop, dimension, first, last), "next": None})


def _list_records(dimensions: tuple[str, ...], prefix: str) -> Response:
    request = metrics.current_request
    known_parameters(request, "shop", "from", "to", "dimension", "limit", "next")
    shop = _readable_shop()
    dimension = _dimension(dimensions, "all")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    limit = requests.limit_of(request)
    after = requests.cursor_of(request)
    page = services().metrics.page_of_records(shop, prefix + dimension, first, last, limit, after)
    return answer(requests.page_body(page, [{**record, "dimension": dimension} for record in page.items]))


@metrics.route("/v1/policies/try", methods=["GET"], authorizer=STAFF)
@answering
def try_other() -> Response:
    """Simulate the breaches of a period under another version of the policy."""
    from chalicelib.usecases.timers.simulate_policy import simulate_policy

    request = metrics.current_request
    known_parameters(request, "shop", "version", "from", "to")
    need_admin(request)
    shop = _shop(parameter(request, "shop"))
    version = parameter(request, "version") or ""
    if not re.fullmatch("[1-9][0-9]{0,5}", version):
        raise invalid("version", "is a whole number from 1")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    return answer(simulate_policy(services(), services().metrics, shop, int(version), first, last))


def _readable_shop() -> str:
    """The shop that the request names, if the caller may see it."""
    shop = _shop(parameter(metrics.current_request, "shop"))
    need_shop(metrics.current_request, shop, f"shop {shop!r}")
    return shop


def _dimension(dimensions: tuple[str, ...], default: str) -> str:
    dimension = parameter(metrics.current_request, "dimension") or default
    if dimension not in dimensions:
        raise invalid("dimension", f"is one of {', '.join(dimensions)}")
    return dimension


def _shop(name: str | None) -> str:
    """The shop that a request names; 422 if it names none."""
    if name is None:
        raise invalid("shop", "is needed: name the shop whose figures you want")
    return name


def read_day(name: str, text: str | None) -> str:
    """The value of a parameter as a day; 422 if it is none."""
    from datetime import date

    try:
        if text is None or date.fromisoformat(text).isoformat() != text or not "1970-01-02" <= text <= "2100-01-01":
            raise ValueError
    except ValueError:
        raise invalid(name, "is a day such as 2026-11-20, from 1970 to 2100") from None
    return text
