"""The API for shops, their calendars and policies."""

import re
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.sla.policies import Policy
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.shops.shop import Shop
    from chalicelib.domain.sla.calendars import Calendar

shops = Blueprint(__name__)


@shops.route("/v1/shops/{shop}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str) -> Response:
    """Create or change a shop."""
    from chalicelib.domain.shops.shop import SHOP_ID, ShopIn
    from chalicelib.usecases.shops.change_settings import change_shop

    caller = need_admin(shops.current_request)
    _check_name("shop", shop, SHOP_ID, "small letters, digits and hyphens, 40 at most")
    stored = change_shop(services(), shop, body_of(shops.current_request, ShopIn), caller.name)
    services().staff.ensure_group(f"shop:{shop}")
    logger.info("shop saved", extra={"shop": shop})
    return answer(_shop_view(stored))


@shops.route("/v1/shops/{shop}", methods=["GET"], authorizer=STAFF)
@answering
def get(shop: str) -> Response:
    """Show a shop."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    known_parameters(shops.current_request)
    need_shop(shops.current_request, shop, f"shop {shop!r}")
    return answer(_shop_view(shop_of(services(), shop)))


@shops.route("/v1/shops/{shop}/calendars/{calendar}", methods=["PUT"], authorizer=STAFF)
@answering
def put_calendar(shop: str, calendar: str) -> Response:
    """Save a calendar as a new version."""
    from chalicelib.domain.shops.shop import CALENDAR_ID, CalendarIn
    from chalicelib.usecases.shops.change_settings import change_calendar

    caller = need_admin(shops.current_request)
    _check_name("calendar", calendar, CALENDAR_ID, "letters, digits, hyphens and underscores, 40 at most")
    body = body_of(shops.current_request, CalendarIn)
    return answer(_calendar_view(change_calendar(services(), shop, calendar, body, caller.name)))


@shops.route("/v1/shops/{shop}/calendars/{calendar}", methods=["GET"], authorizer=STAFF)
@answering
def get_calendar(shop: str, calendar: str) -> Response:
    """Show the newest version of a calendar."""
    from chalicelib.usecases.shops import manage_shop

    known_parameters(shops.current_request)
    need_shop(shops.current_request, shop, f"shop {shop!r}")
    return answer(_calendar_view(manage_shop.read_calendar(services(), shop, calendar)))


@shops.route("/v1/shops/{shop}/policy", methods=["PUT"], authorizer=STAFF)
@answering
def put_policy(shop: str) -> Response:
    """Save a policy as a new version."""
    from chalicelib.usecases.shops.change_settings import change_policy

    caller = need_admin(shops.current_request)
    policy = change_policy(services(), shop, body_of(shops.current_request, Policy), caller.name)
    logger.info("policy saved", extra={"shop": shop, "version": policy.version})
    return answer(_policy_view(policy))


@shops.route("/v1/shops/{shop}/policy", methods=["GET"], authorizer=STAFF)
@answering
def get_policy(shop: str) -> Response:
    """Show the newest version of the policy, or the version in the query."""
    from chalicelib.usecases.shops import manage_shop

    known_parameters(shops.current_request, "version")
    need_shop(shops.current_request, shop, f"shop {shop!r}")
    text = parameter(shops.current_request, "version")
    if text is not None and not re.fullmatch("[1-9][0-9]{0,5}", text):
        raise invalid("version", "is a whole number from 1")
    return answer(_policy_view(manage_shop.read_policy(services(), shop, int(text) if text else None)))


def _check_name(path: str, name: str, pattern: str, allowed: str) -> None:
    if not re.match(pattern, name):
        raise invalid(path, f"{name!r} is not a name: {allowed}")


def _shop_view(shop: "Shop") -> dict[str, object]:
    return {
        "id": shop.id,
        "name": shop.name,
        "time_zone": shop.time_zone,
        "locale": shop.locale,
        "mail_from": shop.mail_from,
        "calendar": shop.calendar,
        "public_url": shop.public_url,
        "mail": {"forms": list(shop.forms)},
        "search": {"words": shop.words},
        "policy_version": shop.policy_version,
        "calendar_version": shop.calendar_version,
    }


def _calendar_view(calendar: "Calendar") -> dict[str, object]:
    return msgspec.to_builtins(calendar)  # type: ignore[no-any-return]


def _policy_view(policy: Policy) -> dict[str, object]:
    """The policy; if it has no rules of its own, with the default rules."""
    from chalicelib.usecases.shops.change_settings import with_rules

    return msgspec.to_builtins(with_rules(policy))  # type: ignore[no-any-return]
