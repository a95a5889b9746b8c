"""What many use cases read of a shop: the shop itself, and the rules and calendars that its cases name."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS, ALWAYS_NAME, Calendar

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasShops


MAX_NAME = 40
"""The most characters of the id of a shop or calendar."""


def shop_of(services: "HasShops", shop: str, fresh: bool = True) -> Shop:
    """The shop with this id. `NotFound` if there is none. To open a case it must be `fresh`, for the versions of its
    policy and calendar."""
    stored = services.shops.shop(shop, fresh) if len(shop) <= MAX_NAME else None
    if stored is None:
        raise NotFound(f"There is no shop {shop!r}.")
    return stored


def rules_of(services: "HasShops", shop: str, policy: int, calendar: str) -> Rules:
    """The rules of a case: the versions of policy and calendar that its opening names. `NotFound` if one is missing."""
    stored = services.shops.policy(shop, policy)
    if stored is None:
        raise NotFound(f"Shop {shop!r} has no policy version {policy}.")
    return Rules(stored, calendar_of(services, shop, calendar))


def with_shift(services: "HasShops", case: Case, rules: Rules) -> Rules:
    """The rules with the shift of the agent who has the case, if the policy limits how long an agent may be silent."""
    if rules.policy.routing.silence_seconds is None or case.routing.held_by is None or case.routing.shift is None:
        return rules
    if case.routing.shift_calendar is not None:
        return replace(rules, shift=calendar_of(services, case.shop, case.routing.shift_calendar))
    newest = services.shops.newest_calendar(
        case.shop, case.routing.shift
    )  # assigned before the version was stored with it
    return rules if newest is None else replace(rules, shift=newest)


def calendar_of(services: "HasShops", shop: str, name: str) -> Calendar:
    """A calendar by its `<id>@<version>`. `NotFound` if there is none."""
    calendar = ALWAYS if name == ALWAYS_NAME else services.shops.calendar(shop, name)
    if calendar is None:
        raise NotFound(f"Shop {shop!r} has no calendar {name!r}.")
    return calendar
