"""Notify a support tier of a case that was escalated to it: one email per address, at most once."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.notifications.send_email import AUTOMATIC, send_once
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import rules_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
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

    class NotifyTierServices(
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
        """The services that `notify_tier` uses."""


def notify_tier(services: "NotifyTierServices", case: Case, event: Event, fact: CaseEscalated) -> list[str]:
    """Email the tier of an escalation. Returns the outcome for each address, in order."""
    shop = shop_of(services, case.shop, fresh=False)
    policy = rules_of(services, case.shop, case.policy, case.calendar).policy
    addresses = dict(policy.escalation.notify).get(str(fact.to_tier)) or (shop.mail_from,)  # type: ignore[call-overload]
    values = _values(shop, case, event, fact)
    outcomes = []
    for address in addresses:
        mail = _compose_notice(services, shop, address, values)
        outcomes.append(send_once(services, f"notice#{key_of_id(event.id)}#{address}", mail))
    return outcomes


def _values(shop: Shop, case: Case, event: Event, fact: CaseEscalated) -> dict[str, Any]:
    return {
        "shop": shop.name,
        "number": case.number,
        "case": case.id,
        "tier": fact.to_tier,
        "reason": fact.reason,
        "type": case.type,
        "channel": case.channel,
        "at": format_instant(event.at),
        "opened_at": format_instant(case.opened_at),
        "assignee": case.assignee or "–",
        "language": shop.locale,
    }


def _compose_notice(services: "NotifyTierServices", shop: Shop, address: str, values: dict[str, Any]) -> Mail:
    return Mail(
        sender=shop.mail_from,
        to=address,
        subject=services.pages.text("notice_subject", shop.locale, **values),
        text=services.pages.render("notice_mail.txt", shop.locale, **values),
        html=services.pages.render("notice_mail.html", shop.locale, **values),
        headers=AUTOMATIC,
    )
