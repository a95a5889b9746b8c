"""Notify a support tier of a case that was escalated to it: one email per address, at most once."""

from typing import TYPE_CHECKING, Any, get_args

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import PROPOSAL_REFUSED, STILL_UNANSWERED, CaseEscalated
from chalicelib.domain.flows.tasks import LATE, Department
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_local
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.notifications.send_email import compose_ours, send_once
from chalicelib.usecases.notifications.signed_links import desk_link
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


REASONS = {STILL_UNANSWERED: "notice_still_unanswered", PROPOSAL_REFUSED: "notice_proposal_refused"}
"""The reasons of escalations that are the same for every case, and their phrases."""
LATE_TASKS: dict[str, Department] = {LATE.format(department=name): name for name in get_args(Department)}


def notify_tier(services: "NotifyTierServices", case: Case, event: Event, fact: CaseEscalated) -> list[str]:
    """Email the tier of an escalation. Returns the outcome for each address, in order."""
    shop = shop_of(services, case.shop, fresh=False)
    policy = rules_of(services, case.shop, case.policy, case.calendar).policy
    addresses = dict(policy.escalation.notify).get(str(fact.to_tier)) or (shop.mail_from,)  # type: ignore[call-overload]
    values = _values(services, shop, case, event, fact)
    outcomes = []
    for address in addresses:
        mail = compose_ours(services, shop, "notice", address, values)
        outcomes.append(send_once(services, f"notice#{key_of_id(event.id)}#{address}", mail))
    return outcomes


def _values(
    services: "NotifyTierServices", shop: Shop, case: Case, event: Event, fact: CaseEscalated
) -> dict[str, Any]:
    return {
        "shop": shop.name,
        "number": case.number,
        "case": desk_link(services, shop.id, case.id),
        "tier": fact.to_tier,
        "reason": _reason(services, fact, shop.locale),
        "type": services.pages.text(f"type_{case.type}", shop.locale),
        "channel": services.pages.text(f"channel_{case.channel}", shop.locale),
        "at": format_local(event.at, shop.time_zone),
        "opened_at": format_local(case.opened_at, shop.time_zone),
        "assignee": case.assignee or "–",
        "language": shop.locale,
    }


def _reason(services: "NotifyTierServices", fact: CaseEscalated, language: str) -> str:
    """Why the case was escalated, in the shop's language; what an agent wrote stays as it was written."""
    if fact.reason in LATE_TASKS:
        department = services.pages.text(f"department_{LATE_TASKS[fact.reason]}", language)
        return services.pages.text("notice_task_late", language, department=department)
    phrase = REASONS.get(fact.reason)
    if phrase is None and fact.clock is not None:
        phrase = f"notice_{fact.clock}_not_kept"
    if phrase is None and fact.state is not None:
        phrase = "notice_flow_late"
    return services.pages.text(phrase, language) if phrase else fact.reason
