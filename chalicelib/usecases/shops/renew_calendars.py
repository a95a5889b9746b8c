"""Renew the calendars that live by a country's holidays: each year, and when a notice became known."""

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.routing.routing import AgentStatus
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS, Calendar
from chalicelib.domain.sla.public_holidays import doubts
from chalicelib.usecases.notifications.send_email import AUTOMATIC, send_once
from chalicelib.usecases.ports import Mail
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.shops.find_holidays import materialise_holidays


def renew_calendar(services: Services, shop: str, calendar: Calendar) -> Calendar:
    """The newest version of a calendar, a new one if its country's days are known otherwise by now. Clocks that run
    keep the version they started on."""
    fresh = materialise_holidays(services, calendar)
    return calendar if fresh == calendar else services.shops.add_calendar(shop, fresh)


def renew_calendars(services: Services, shop_id: str) -> int:
    """Renew the calendars a shop and its agents work by; have it told what is doubtful in them. How much that is."""
    shop = shop_of(services, shop_id)
    posts = services.agents.posts(shop_id) if shop.routes else []
    names = {shop.calendar, *(post.agent.shift for post in posts)} - {ALWAYS.id}
    return sum(_renew(services, shop, name, posts) for name in sorted(names))


def _renew(services: Services, shop: Shop, name: str, posts: list[AgentStatus]) -> int:
    before = services.shops.newest_calendar(shop.id, name)
    if before is None:
        return 0
    after = renew_calendar(services, shop.id, before)
    if name == shop.calendar and shop.calendar_version != after.version:
        services.shops.save(replace(shop_of(services, shop.id), calendar_version=after.version))
    for post in posts if after is not before else ():
        if post.agent.calendar == before.name:
            services.agents.save(shop.id, replace(post.agent, calendar=after.name))
    told = doubts(after, day_of(services.now(), after.time_zone))
    for doubt in told:
        services.shops.warn(shop.id, f"{name}#{doubt.why}#{doubt.what}", services.now())
    return len(told)


def send_calendar_warning(services: Services, shop_id: str, warning: str) -> str:
    """Tell a shop, once, what is doubtful in its calendar; what became of the mail."""
    shop = shop_of(services, shop_id, fresh=False)
    calendar, why, what = warning.split("#")
    language, values = shop.locale, {"shop": shop.name, "calendar": calendar, "what": what, "why": why}
    mail = Mail(
        sender=shop.mail_from,
        to=shop.mail_from,
        subject=services.pages.text(f"calendar_{why}_subject", language, **values),
        text=services.pages.render("calendar_mail.txt", language, **values),
        html=services.pages.render("calendar_mail.html", language, **values),
        headers=AUTOMATIC,
    )
    return send_once(services, f"calendar#{shop_id}#{warning}", mail)
