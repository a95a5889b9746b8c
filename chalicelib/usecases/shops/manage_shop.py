"""Set up a shop: its settings, its calendars and its policy."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.flows.definitions import DEADLINES
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.timestamps import zone_info
from chalicelib.domain.shops.shop import CalendarIn, Shop, ShopIn
from chalicelib.domain.sla import calendars
from chalicelib.domain.sla.calendars import ALWAYS, OFFICE_HOURS, Calendar, Span, check_works
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.shop_rules import MAX_NAME, calendar_of, shop_of
from chalicelib.usecases.shops.find_holidays import materialise_holidays
from chalicelib.usecases.shops.manage_sources import new_secrets
from chalicelib.usecases.shops.renew_calendars import renew_calendar

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class ManageShopServices(
        HasAgents,
        HasApiUrl,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `manage_shop` uses."""


def put_shop(services: "ManageShopServices", identifier: str, settings: ShopIn) -> Shop:
    """Create or change a shop. With a new shop, its webhook secrets and the default calendar of its country are
    created; an existing calendar is renewed with the holidays that are known now."""
    _check_zone(settings.time_zone)
    if not services.mailer.is_verified(settings.mail_from):
        raise invalid(
            "mail_from", f"{settings.mail_from!r} does not belong to a verified SES identity; verify it first"
        )
    before = services.shops.shop(identifier)
    calendar = _calendar_for(services, identifier, settings)
    if before is not None:
        check_works(calendar, services.now(), read_policy(services, identifier, None).longest_business)
    shop = _shop(identifier, settings, calendar, before)
    if before is None:
        services.secrets.make_webhook_secrets(identifier, new_secrets())
    services.shops.save(shop)
    return shop


def _shop(identifier: str, settings: ShopIn, calendar: Calendar, before: Shop | None) -> Shop:
    """The shop with its new settings; what they do not name stays as it was before."""
    return Shop(
        id=identifier,
        name=settings.name,
        time_zone=settings.time_zone,
        locale=settings.locale,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        calendar=calendar.id,
        calendar_version=calendar.version,
        policy_version=before.policy_version if before else 1,
        sends=before.sends if before else (),
        asks=before.asks if before else (),
        routes=before.routes if before else False,
        forms=_forms(before, settings),
        words=_words(before, settings),
    )


def _words(before: Shop | None, settings: ShopIn) -> bool:
    """Whether words are searched; unchanged if the settings do not say so."""
    if settings.search is None:
        return before.words if before else True
    return settings.search.words


def _forms(before: Shop | None, settings: ShopIn) -> tuple[str, ...]:
    """The addresses of the shop's contact forms; unchanged if the settings do not name them."""
    if settings.mail is None:
        return before.forms if before else ()
    return tuple(sorted({address.casefold() for address in settings.mail.forms}))


def _check_zone(name: str) -> None:
    try:
        zone_info(name)
    except (KeyError, ValueError, OSError):
        raise invalid("time_zone", f"{name!r} is not an IANA time zone, such as Asia/Shanghai") from None


def _calendar_for(services: "ManageShopServices", shop: str, settings: ShopIn) -> Calendar:
    """The calendar that the settings name: the shop's own, renewed, or the default calendar of a country."""
    own = services.shops.newest_calendar(shop, settings.calendar)
    if settings.calendar == ALWAYS.id:
        return ALWAYS
    is_country = _is_country_code(settings.calendar)
    if own is not None and (not is_country or own.time_zone == settings.time_zone):
        return renew_calendar(services, shop, own)
    if not is_country:
        raise invalid("calendar", f"{settings.calendar!r} is neither a country code nor a calendar this shop has")
    hours: dict[str, tuple[Span, ...]] = dict.fromkeys(calendars.WEEKDAYS[:5], OFFICE_HOURS)
    draft = Calendar(id=settings.calendar, time_zone=settings.time_zone, hours=hours, holidays=settings.calendar)
    return services.shops.add_calendar(shop, materialise_holidays(services, draft))


def _is_country_code(name: str) -> bool:
    return len(name) == 2 and name.isupper()


def put_calendar(services: "ManageShopServices", shop_id: str, identifier: str, calendar_in: CalendarIn) -> Calendar:
    """Save a calendar as a new version; the new cases of a shop that uses it get that version."""
    shop = shop_of(services, shop_id)
    if identifier == ALWAYS.id:
        raise invalid("id", "'always' is the calendar that never rests; choose another name")
    draft = Calendar(
        id=identifier,
        time_zone=calendar_in.time_zone,
        hours=calendar_in.hours,
        holidays=calendar_in.holidays,
        closed=calendar_in.closed,
        open=calendar_in.open,
    )
    calendars.check(draft)
    check_works(draft, services.now(), read_policy(services, shop_id, None).longest_business)
    calendar = services.shops.add_calendar(shop_id, materialise_holidays(services, draft))
    if shop.calendar == identifier:
        services.shops.save(replace(shop, calendar_version=calendar.version))
    return calendar


def put_policy(services: "ManageShopServices", shop_id: str, policy: Policy) -> Policy:
    """Save a policy as a new version; it applies to cases that are opened from now on."""
    shop = shop_of(services, shop_id)
    check_works(calendar_of(services, shop_id, shop.calendar_name), services.now(), policy.longest_business)
    for name in policy.after_sales.deadlines:
        if name not in DEADLINES:
            raise invalid(f"after_sales.deadlines.{name}", f"is no deadline; they are {', '.join(DEADLINES)}")
    stored = services.shops.add_policy(shop_id, policy)
    services.shops.save(replace(shop, policy_version=stored.version))
    return stored


def read_policy(services: "ManageShopServices", shop_id: str, version: int | None) -> Policy:
    """A version of the shop's policy; the newest if none is named. `NotFound` if there is no such version."""
    shop = shop_of(services, shop_id)
    wanted = shop.policy_version if version is None else version
    policy = services.shops.policy(shop_id, wanted)
    if policy is None:
        raise NotFound(f"Shop {shop_id!r} has no policy version {wanted}.")
    return policy


def read_calendar(services: "ManageShopServices", shop_id: str, identifier: str) -> Calendar:
    """The newest version of a shop's calendar. `NotFound` if there is none."""
    shop_of(services, shop_id)
    calendar = services.shops.newest_calendar(shop_id, identifier[: MAX_NAME + 1])
    if calendar is None:
        raise NotFound(f"Shop {shop_id!r} has no calendar {identifier!r}.")
    return calendar
