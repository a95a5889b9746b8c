"""Renew the calendars with a country's holidays: every year, and when a notice is published."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.routing.agents import AgentStatus
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS, Calendar
from chalicelib.domain.sla.public_holidays import doubts
from chalicelib.usecases.notifications.send_email import AUTOMATIC, send_once
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.shops.find_holidays import materialise_holidays

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

    class RenewCalendarsServices(
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
        """The services that `renew_calendars` uses."""


def renew_calendar(services: "RenewCalendarsServices", shop: str, calendar: Calendar) -> Calendar:
    """The newest version of a calendar; a new version, if its country's days have changed. Running clocks keep the
    version they started with."""
    fresh = materialise_holidays(services, calendar)
    return calendar if fresh == calendar else services.shops.add_calendar(shop, fresh)


def renew_calendars(services: "RenewCalendarsServices", shop_id: str) -> int:
    """Renew the calendars of a shop and its agents, and send the shop a warning about each doubt. The number of
    doubts."""
    shop = shop_of(services, shop_id)
    agents = services.agents.statuses(shop_id) if shop.routes else []
    names = {shop.calendar, *(status.agent.shift for status in agents)} - {ALWAYS.id}
    return sum(_renew(services, shop, name, agents) for name in sorted(names))


def _renew(services: "RenewCalendarsServices", shop: Shop, name: str, agents: list[AgentStatus]) -> int:
    """Renew one calendar, and have the shop and its agents use the new version. The number of doubts about it."""
    before = services.shops.newest_calendar(shop.id, name)
    if before is None:
        return 0
    after = renew_calendar(services, shop.id, before)
    if name == shop.calendar and shop.calendar_version != after.version:
        services.shops.save(replace(shop_of(services, shop.id), calendar_version=after.version))
    for status in agents if after is not before else ():
        if status.agent.calendar == before.name:
            services.agents.save(shop.id, replace(status.agent, calendar=after.name))
    warnings = doubts(after, day_of(services.now(), after.time_zone))
    for doubt in warnings:
        services.shops.warn(shop.id, f"{name}#{doubt.why}#{doubt.what}", services.now())
    return len(warnings)


def send_calendar_warning(services: "RenewCalendarsServices", shop_id: str, warning: str) -> str:
    """Send a shop, once, a warning about its calendar. The outcome of the email."""
    shop = shop_of(services, shop_id, fresh=False)
    calendar, why, what = warning.split("#")
    language = shop.locale
    values = {"shop": shop.name, "calendar": calendar, "what": what, "why": why}
    mail = Mail(
        sender=shop.mail_from,
        to=shop.mail_from,
        subject=services.pages.text(f"calendar_{why}_subject", language, **values),
        text=services.pages.render("calendar_mail.txt", language, **values),
        html=services.pages.render("calendar_mail.html", language, **values),
        headers=AUTOMATIC,
    )
    return send_once(services, f"calendar#{shop_id}#{warning}", mail)
