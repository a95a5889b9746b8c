"""Compose emails from the shop's own template or from ours, and send each at most once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.kernel.validation import folded
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.email import Mail, MailDelayed, MailRejected, MailUnconfirmed

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

    class SendEmailServices(
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
        """The services that `send_email` uses."""


SUPPRESS = {"X-Auto-Response-Suppress": "All"}
"""Asks Exchange not to answer automatically (MS-OXCMAIL, 2.1.3.4.4.1), because it ignores RFC 3834."""
AUTOMATIC = {"Auto-Submitted": "auto-generated"} | SUPPRESS
"""Marks an email that no person wrote, so that no machine answers it (RFC 3834)."""
ANSWERED = {"Auto-Submitted": "auto-replied"} | SUPPRESS
"""Marks an automatic answer to an email."""
WRITTEN = {"Auto-Submitted": "no"}
"""Marks an email that a person wrote."""
LONGEST_HEADER = 900
"""In characters."""


class Draft(Struct, frozen=True, kw_only=True):
    """An email to compose: which template in which language, for whom, and with which values."""

    name: MailName
    language: str
    to: str
    values: dict[str, Any]
    headers: dict[str, str] = {}
    case: str | None = None
    """The key of the case that answers to this email belong to."""


def compose(services: "SendEmailServices", shop: Shop, draft: Draft) -> Mail:
    """The email to a customer, from the shop's own template of that name and language, or else from ours."""
    template = services.shops.template(shop.id, draft.name, services.pages.speaks(draft.language))
    subject, text, html = written(services, template, draft.name, draft.language, draft.values)
    return Mail(
        sender=shop.mail_from,
        to=draft.to,
        subject=folded(subject).strip(),
        text=text,
        html=html,
        headers=_headers(draft.headers),
        reply_to=reply_address(services, draft.case) if draft.case else None,
        about=draft.case,
    )


def written(
    services: "HasPages", template: MailTemplate | None, name: MailName, language: str, values: dict[str, Any]
) -> tuple[str, str, str]:
    """The subject, text and HTML of an email to a customer, from a template of the shop's own, or without one from
    ours."""
    if template is not None:
        return services.pages.filled(template, {value: values.get(value) or "" for value in TEMPLATE_VALUES[name]})
    return _shipped(services, name, language, values)


def _shipped(services: "HasPages", name: str, language: str, values: dict[str, Any]) -> tuple[str, str, str]:
    subject = services.pages.text(f"{name}_subject", language, **values)
    text = services.pages.render(f"{name}_mail.txt", language, **values)
    return subject, text, services.pages.render(f"{name}_mail.html", language, **values)


def compose_ours(
    services: "SendEmailServices",
    shop: Shop,
    name: str,
    to: str,
    values: dict[str, Any],
    headers: dict[str, str] = AUTOMATIC,
) -> Mail:
    """An email in the shop's language to its own people or to those they work with, for which shops have no templates
    of their own. `name`: what its templates and its subject are called."""
    subject, text, html = _shipped(services, name, shop.locale, values)
    return Mail(
        sender=shop.mail_from,
        to=to,
        subject=folded(subject).strip(),
        text=text,
        html=html,
        headers=headers,
    )


def _headers(headers: dict[str, str]) -> dict[str, str]:
    """The headers of an email; it is marked as automatic unless they say otherwise."""
    return headers if "Auto-Submitted" in headers else AUTOMATIC | headers


def thread_headers(message_ids: Sequence[str]) -> dict[str, str]:
    """The headers that put an email into the thread of those it answers, given by their ids, oldest first: the newest
    ids that fit, because SES accepts headers of fewer than a thousand characters."""
    ids = [f"<{message_id}>" for message_id in message_ids]
    while ids[1:] and len(" ".join(ids)) > LONGEST_HEADER:
        ids = ids[1:]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}


def send_once(services: "SendEmailServices", idempotency_key: str, mail: Mail) -> str:
    """Send an email at most once under this idempotency key. Returns the outcome: `sent`, `rejected`, `unconfirmed`, or
    `claimed before` when the key was used already.

    MailDelayed is raised when the email has not left and can be sent later: the key is released then. An email that may
    have left (`unconfirmed`) is never sent again.
    """
    if not services.idempotency.reserve(idempotency_key, services.now()):
        return "claimed before"
    try:
        message_id = services.mailer.send(mail)
        outcome = "sent"
    except MailDelayed:
        services.idempotency.settle(idempotency_key, "released")
        raise
    except MailRejected:
        outcome = "rejected"
    except MailUnconfirmed:
        outcome = "unconfirmed"
    services.idempotency.settle(idempotency_key, outcome)
    if outcome == "sent":
        remember_sent_email(services, mail, message_id)
    return outcome


def remember_sent_email(services: "SendEmailServices", mail: Mail, message_id: str) -> None:
    """Store which case a sent email belongs to, so that answers to it, and bounces of it, are recognized."""
    if mail.about is not None and services.inbound_domain:
        services.threads.remember(message_id, mail.about, services.now(), ours=True)
