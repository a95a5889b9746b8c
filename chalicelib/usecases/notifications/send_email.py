"""Mails: in the shop's own words or in ours, and sent at most once."""

from typing import Any

from chalicelib.domain.kernel.validation import folded
from chalicelib.domain.notifications.templates import NAMES, MailName
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports import Mail, MailDelayed, MailRejected, MailUnconfirmed
from chalicelib.usecases.ports.services import Services

SUPPRESS = {"X-Auto-Response-Suppress": "All"}
"""What asks Exchange for no automatic answer (MS-OXCMAIL, 2.1.3.4.4.1), which does not heed RFC 3834."""
AUTOMATIC = {"Auto-Submitted": "auto-generated"} | SUPPRESS
"""What says that no person wrote a mail, so that no machine answers it (RFC 3834)."""
ANSWERED = {"Auto-Submitted": "auto-replied"} | SUPPRESS
"""The same of an answer to a mail."""
WRITTEN = {"Auto-Submitted": "no"}
"""What says that a person wrote it."""


def compose(
    services: Services,
    shop: Shop,
    name: MailName,
    language: str,
    to: str,
    values: dict[str, Any],
    headers: dict[str, str] | None = None,
    case: str | None = None,
) -> Mail:
    """A mail to a customer, from the shop's own template of that name and language, or else from ours. What is answered
    to it comes to the case with this key."""
    own = services.shops.template(shop.id, name, services.pages.speaks(language))
    if own is not None:
        given = {one: values.get(one) or "" for one in NAMES[name]}
        subject, text, html = services.pages.filled(own, given)
    else:
        subject = services.pages.text(f"{name}_subject", language, **values)
        text = services.pages.render(f"{name}_mail.txt", language, **values)
        html = services.pages.render(f"{name}_mail.html", language, **values)
    return Mail(
        sender=shop.mail_from,
        to=to,
        subject=folded(subject).strip(),
        text=text,
        html=html,
        headers=_headers(headers or {}),
        reply_to=reply_address(services, case) if case else None,
        about=case,
    )


def _headers(told: dict[str, str]) -> dict[str, str]:
    """What stands in the head of a mail. It is automatic unless it says that a person wrote it."""
    return told if "Auto-Submitted" in told else AUTOMATIC | told


def send_once(services: Services, claim: str, mail: Mail) -> str:
    """Send a mail under a claim that one sender can have; what became of it. A mail that may leave later is tried
    later (`MailDelayed`); one that may have left is not sent again."""
    if not services.idempotency.claim(claim, services.now()):
        return "claimed before"
    try:
        sent = services.mailer.send(mail)
        outcome = "sent"
    except MailDelayed:
        services.idempotency.settle(claim, "released")
        raise
    except MailRejected:
        outcome = "rejected"
    except MailUnconfirmed:
        outcome = "unconfirmed"
    services.idempotency.settle(claim, outcome)
    if outcome == "sent":
        remember(services, mail, sent)
    return outcome


def remember(services: Services, mail: Mail, message_id: str) -> None:
    """Know the answers to a mail that was sent, and the mail itself when it is given back."""
    if mail.about is not None and services.inbound_domain:
        services.threads.remember(message_id, mail.about, services.now(), ours=True)
