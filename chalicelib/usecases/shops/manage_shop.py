"""Set a shop up: who it is, when it works, what it promises."""

from msgspec.structs import replace

from chalicelib.domain.flows.definitions import DEADLINES
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.timestamps import zone_info
from chalicelib.domain.shops.shop import CalendarIn, Shop, ShopIn
from chalicelib.domain.sla import calendars
from chalicelib.domain.sla.calendars import ALWAYS, OFFICE_HOURS, Calendar, Span, check_works
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.services import MAX_NAME, Services, calendar_of, shop_of
from chalicelib.usecases.shops.find_holidays import materialise_holidays
from chalicelib.usecases.shops.manage_sources import new_secrets
from chalicelib.usecases.shops.renew_calendars import renew_calendar


def put_shop(services: Services, identifier: str, told: ShopIn) -> Shop:
    """Make or change a shop. Its webhook secrets are made with it, and so is the ready calendar of a country; one that
    is there already learns what is known of its country's days by now."""
    _check_zone(told.time_zone)
    if not services.mailer.is_verified(told.mail_from):
        raise invalid("mail_from", f"{told.mail_from!r} does not belong to a verified SES identity; verify it first")
    before = services.shops.shop(identifier)
    calendar = _calendar_for(services, identifier, told)
    if before is not None:
        check_works(calendar, services.now(), read_policy(services, identifier, None).longest_business)
    shop = Shop(
        id=identifier,
        name=told.name,
        time_zone=told.time_zone,
        locale=told.locale,
        mail_from=told.mail_from,
        public_url=told.public_url,
        calendar=calendar.id,
        calendar_version=calendar.version,
        policy_version=before.policy_version if before else 1,
        sends=before.sends if before else (),
        asks=before.asks if before else (),
        routes=before.routes if before else False,
        forms=_forms(before, told),
    )
    if before is None:
        services.secrets.make_webhook_secrets(identifier, new_secrets())
    services.shops.save(shop)
    return shop


def _forms(before: Shop | None, told: ShopIn) -> tuple[str, ...]:
    """What is not told of a shop's mail stays as it was."""
    if told.mail is None:
        return before.forms if before else ()
    return tuple(sorted({one.casefold() for one in told.mail.forms}))


def _check_zone(name: str) -> None:
    try:
        zone_info(name)
    except (KeyError, ValueError, OSError):
        raise invalid("time_zone", f"{name!r} is not an IANA time zone, such as Asia/Shanghai") from None


def _calendar_for(services: Services, shop: str, told: ShopIn) -> Calendar:
    own = services.shops.newest_calendar(shop, told.calendar)
    if told.calendar == ALWAYS.id:
        return ALWAYS
    ready = _is_ready(told.calendar)
    if own is not None and (not ready or own.time_zone == told.time_zone):
        return renew_calendar(services, shop, own)
    if not ready:
        raise invalid("calendar", f"{told.calendar!r} is neither a country code nor a calendar this shop has")
    hours: dict[str, tuple[Span, ...]] = dict.fromkeys(calendars.WEEKDAYS[:5], OFFICE_HOURS)
    draft = Calendar(id=told.calendar, time_zone=told.time_zone, hours=hours, holidays=told.calendar)
    return services.shops.add_calendar(shop, materialise_holidays(services, draft))


def _is_ready(name: str) -> bool:
    return len(name) == 2 and name.isupper()


def put_calendar(services: Services, shop_id: str, identifier: str, told: CalendarIn) -> Calendar:
    """Keep a calendar as a new version; new cases of a shop that uses it start on that version."""
    shop = shop_of(services, shop_id)
    if identifier == ALWAYS.id:
        raise invalid("id", "'always' is the calendar that never rests; choose another name")
    draft = Calendar(
        id=identifier,
        time_zone=told.time_zone,
        hours=told.hours,
        holidays=told.holidays,
        closed=told.closed,
        open=told.open,
    )
    calendars.check(draft)
    check_works(draft, services.now(), read_policy(services, shop_id, None).longest_business)
    calendar = services.shops.add_calendar(shop_id, materialise_holidays(services, draft))
    if shop.calendar == identifier:
        services.shops.save(replace(shop, calendar_version=calendar.version))
    return calendar


def put_policy(services: Services, shop_id: str, policy: Policy) -> Policy:
    """Keep a policy as a new version; cases opened from now on live by it."""
    shop = shop_of(services, shop_id)
    check_works(calendar_of(services, shop_id, shop.calendar_name), services.now(), policy.longest_business)
    for name in policy.after_sales.deadlines:
        if name not in DEADLINES:
            raise invalid(f"after_sales.deadlines.{name}", f"is no deadline; they are {', '.join(DEADLINES)}")
    kept = services.shops.add_policy(shop_id, policy)
    services.shops.save(replace(shop, policy_version=kept.version))
    return kept


def read_policy(services: Services, shop_id: str, version: int | None) -> Policy:
    """A version of the shop's policy, the newest unless named."""
    shop = shop_of(services, shop_id)
    wanted = shop.policy_version if version is None else version
    policy = services.shops.policy(shop_id, wanted)
    if policy is None:
        raise NotFound(f"Shop {shop_id!r} has no policy version {wanted}.")
    return policy


def read_calendar(services: Services, shop_id: str, identifier: str) -> Calendar:
    """The newest version of a shop's calendar."""
    shop_of(services, shop_id)
    calendar = services.shops.newest_calendar(shop_id, identifier[: MAX_NAME + 1])
    if calendar is None:
        raise NotFound(f"Shop {shop_id!r} has no calendar {identifier!r}.")
    return calendar
