"""Send an alert of a run: by email to the shop, and to the endpoints that receive `insight.raised`."""

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.insights.findings import Alert
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Day, format_instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.webhooks_out.endpoint import INSIGHT, Delivery
from chalicelib.usecases.notifications.send_email import AUTOMATIC, send_once
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.notifications.send_email import SendEmailServices
    from chalicelib.usecases.ports.services import HasDeliveries, HasFindings

    class SendAlertServices(HasDeliveries, HasFindings, SendEmailServices, Protocol):
        """The services that `send_alert` uses."""


NOBODYS = "insights"
"""The name of the key that encrypts deliveries about no person."""


def send_alert(services: "SendAlertServices", shop_id: str, day: Day, alert_id: str) -> str:
    """Send it, once; the outcome. An alert that a later computation of the day no longer has is not sent."""
    findings = services.findings.load(shop_id, day)
    alert = next((each for each in findings.alerts if each.id == alert_id), None) if findings is not None else None
    if alert is None:
        return "gone"
    shop = shop_of(services, shop_id, fresh=False)
    sent = _deliver(services, shop, alert)
    return f"{send_once(services, f'alert#{shop_id}#{alert_id}', _mail(services, shop, alert))}, {sent} deliveries"


def alert_view(alert: Alert) -> dict[str, Any]:
    """An alert as the API shows it."""
    view: dict[str, Any] = msgspec.to_builtins(alert)
    return view


def _deliver(services: "SendAlertServices", shop: Shop, alert: Alert) -> int:
    """Create a delivery to each endpoint that receives insights; how many."""
    now = services.now()
    body = {"type": INSIGHT, "timestamp": format_instant(now), "data": {"shop": shop.id, **alert_view(alert)}}
    endpoints = [each for each in services.deliveries.endpoints(shop.id) if each.wants(INSIGHT)]
    for endpoint in endpoints:
        services.deliveries.add(
            Delivery(
                id=new_id(now, key_of("insight", shop.id, endpoint.name, alert.id)),
                shop=shop.id,
                endpoint=endpoint.name,
                type=INSIGHT,
                case="",
                body=msgspec.json.encode(body).decode(),
                at=now,
                whose=NOBODYS,
            )
        )
    return len(endpoints)


def _mail(services: "SendAlertServices", shop: Shop, alert: Alert) -> Mail:
    language = shop.locale
    money = ", ".join(f"{amount} {currency}" for currency, amount in sorted(alert.money.items()))
    values = {
        "shop": shop.name,
        "label": alert.label,
        "customers": alert.customers,
        "money": money or "–",
        "kind": alert.kind,
        "link": f"{services.api_url}/desk/{shop.id}/insights/alerts",
    }
    return Mail(
        sender=shop.mail_from,
        to=shop.mail_from,
        subject=services.pages.text("alert_subject", language, **values),
        text=services.pages.render("alert_mail.txt", language, **values),
        html=services.pages.render("alert_mail.html", language, **values),
        headers=AUTOMATIC,
    )
