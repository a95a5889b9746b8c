"""The nights' figures, and runs of the nightly job."""

import re

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.aftersales import measures as flow_figures
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.metrics import agent_metrics as agent_figures
from chalicelib.domain.metrics.commands import MetricsRun
from chalicelib.domain.settlement import measures as settlement_figures
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.usecases.metrics.compare_agents import compare_agents
from chalicelib.usecases.metrics.schedule_days import schedule_day
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.timers.simulate_policy import simulate_policy

metrics = Blueprint(__name__)
DIMENSIONS = ("all", "channel", "type", "team", "assignee", "sku")


@metrics.route("/v1/metrics/run", methods=["POST"], authorizer=STAFF)
@answering
def run() -> Response:
    """Have a day computed, as in the night."""
    need_admin(metrics.current_request)
    asked = body_of(metrics.current_request, MetricsRun)
    read_day("day", asked.day)
    shop = shop_of(services(), asked.shop)
    if asked.day > day_of(services().now(), shop.time_zone):
        raise invalid("day", "has not begun yet")
    return answer(
        {"run": schedule_day(services().nights, asked.shop, asked.day, services().now()), **_asked(asked)}, 202
    )


def _asked(asked: MetricsRun) -> dict[str, str]:
    return {"shop": asked.shop, "day": asked.day}


@metrics.route("/v1/metrics/satisfaction", methods=["GET"], authorizer=STAFF)
@answering
def satisfaction() -> Response:
    """The records of a shop, by day, of one dimension."""
    return _listed(DIMENSIONS, "")


@metrics.route("/v1/metrics/after-sales", methods=["GET"], authorizer=STAFF)
@answering
def after_sales() -> Response:
    """The after-sales records of a shop, by day, of one dimension."""
    return _listed(flow_figures.DIMENSIONS, flow_figures.PREFIX)


@metrics.route("/v1/metrics/settlement", methods=["GET"], authorizer=STAFF)
@answering
def settlement() -> Response:
    """What statements proved of a shop's payments back, by day."""
    return _listed(("all",), settlement_figures.PREFIX)


@metrics.route("/v1/metrics/agents", methods=["GET"], authorizer=STAFF)
@answering
def agents() -> Response:
    """What the agents of a shop did in a period, each beside all of them where the samples say something."""
    request = metrics.current_request
    known_parameters(request, "shop", "from", "to", "dimension")
    shop = _shop(parameter(request, "shop"))
    need_shop(request, shop, f"shop {shop!r}")
    dimension = parameter(request, "dimension") or "agent"
    if dimension not in agent_figures.DIMENSIONS:
        raise invalid("dimension", f"is one of {', '.join(agent_figures.DIMENSIONS)}")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    return answer({"items": compare_agents(services().nights, shop, dimension, first, last), "next": None})


def _listed(dimensions: tuple[str, ...], prefix: str) -> Response:
    request = metrics.current_request
    known_parameters(request, "shop", "from", "to", "dimension", "limit", "next")
    shop = _shop(parameter(request, "shop"))
    need_shop(request, shop, f"shop {shop!r}")
    dimension = parameter(request, "dimension") or "all"
    if dimension not in dimensions:
        raise invalid("dimension", f"is one of {', '.join(dimensions)}")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    limit, after = requests.limit_of(request), requests.cursor_of(request)
    page = services().nights.page_of_records(shop, prefix + dimension, first, last, limit, after)
    return answer(requests.page_body(page, [{**record, "dimension": dimension} for record in page.items]))


@metrics.route("/v1/policies/try", methods=["GET"], authorizer=STAFF)
@answering
def try_other() -> Response:
    """The breaches a period would have had under another version of the policy."""
    request = metrics.current_request
    known_parameters(request, "shop", "version", "from", "to")
    need_admin(request)
    shop, version = _shop(parameter(request, "shop")), parameter(request, "version") or ""
    if not re.fullmatch("[1-9][0-9]{0,5}", version):
        raise invalid("version", "is a whole number from 1")
    first, last = (read_day(name, parameter(request, name)) for name in ("from", "to"))
    return answer(simulate_policy(services(), services().nights, shop, int(version), first, last))


def _shop(named: str | None) -> str:
    if named is None:
        raise invalid("shop", "is needed: name the shop whose figures you want")
    return named


def read_day(name: str, text: str | None) -> str:
    """The day of that parameter."""
    from datetime import date

    try:
        if text is None or date.fromisoformat(text).isoformat() != text or not "1970-01-02" <= text <= "2100-01-01":
            raise ValueError
    except ValueError:
        raise invalid(name, "is a day such as 2026-11-20, from 1970 to 2100") from None
    return text
