"""Email what an agent wrote in a side conversation, once, and remind the assignee once when no answer came in time."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.contact import is_email
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import format_local
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.side_conversations.conversation import SideConversation, find, thread_key
from chalicelib.domain.side_conversations.facts import (
    Failure,
    SideConversationOverdue,
    SideConversationStarted,
    SideMailFailed,
    SideMessageReceived,
    SideMessageSent,
)
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.notifications.send_email import WRITTEN, compose_ours, send_once, thread_headers
from chalicelib.usecases.notifications.signed_links import desk_link, side_address
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.side_conversations.read_sides import messages_of, start_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class MailSideServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `mail_side` uses."""


FAILURES: dict[str, Failure] = {"rejected": "rejected", "unconfirmed": "unconfirmed"}


def mail_side(
    services: "MailSideServices", stored: StoredCase, event: Event, fact: SideConversationStarted | SideMessageSent
) -> str:
    """Email a message of ours to the other side, once; the outcome.

    Nothing is sent to a department that answers without email, nor once the customer was erased, because the text is
    gone then. If the email could not be sent, the case says so.
    """
    case = stored.case
    assert case is not None
    side = find(case, event.id if isinstance(fact, SideConversationStarted) else fact.side)
    start = start_of(services, case, side) if side is not None else None
    if side is None or start is None or not fact.message:
        return "gone"
    if not is_email(start.to):
        return "no address"
    shop = shop_of(services, case.shop, fresh=False)
    mail = _compose(services, shop, case, start, fact.message)
    mail = _in_conversation(services, mail, stored, side)
    outcome = send_once(services, f"side#{key_of_id(event.id)}", mail)
    if outcome in FAILURES:
        _record_failure(services, shop, stored.key, event, SideMailFailed(side=side.id, why=FAILURES[outcome]))
    return outcome


def _compose(
    services: "MailSideServices", shop: Shop, case: Case, start: SideConversationStarted, message: str
) -> Mail:
    """The email in the shop's language. It has nothing of the case but its number."""
    values = {"shop": shop.name, "number": case.number, "message": message, "subject": start.subject, "name": ""}
    return compose_ours(services, shop, "side", start.to, values, WRITTEN)


def _in_conversation(services: "MailSideServices", mail: Mail, stored: StoredCase, side: SideConversation) -> Mail:
    """The email with the conversation's own address for answers, in the thread of what they wrote."""
    key = key_of_id(side.id)
    received = messages_of(services, stored, side) if side.received else []
    facts = [event.fact for event in received]
    refs = [fact.mail for fact in facts if isinstance(fact, SideMessageReceived) and fact.mail is not None]
    ids = [ref.message_id for ref in refs if ref.message_id and not ref.automatic]
    return replace(
        mail,
        headers=mail.headers | thread_headers(ids),
        reply_to=side_address(services, stored.key, key),
        about=thread_key(stored.key, key),
    )


def _record_failure(services: "MailSideServices", shop: Shop, key: str, because: Event, failed: SideMailFailed) -> None:
    """Record on the case that a message did not reach them. It is called once: the email is tried once."""

    def decide(stored: StoredCase) -> list[Event]:
        failed_at = max(services.now(), events.time_of_order(stored.last) + 1)
        return [events.event(failed_at, SYSTEM, failed, key, "side mail", because.id)]

    append_events(services, shop, key, decide)


def remind(services: "MailSideServices", case: Case, event: Event, fact: SideConversationOverdue) -> str:
    """Email the case's assignee, or the shop if nobody has the case or no address of theirs is known, that the other
    side did not answer in time; once. Returns the outcome."""
    side = find(case, fact.side)
    start = start_of(services, case, side) if side is not None else None
    if side is None or start is None:
        return "gone"
    shop = shop_of(services, case.shop, fresh=False)
    values: dict[str, Any] = {
        "shop": shop.name,
        "number": case.number,
        "link": desk_link(services, case.shop, case.id),
        "kind": services.pages.text(f"side_{start.kind}", shop.locale),
        "due_at": format_local(fact.due_at, shop.time_zone),
        "assignee": case.assignee or "–",
    }
    address = _address_of_assignee(services, case) or shop.mail_from
    mail = compose_ours(services, shop, "side_reminder", address, values)
    return send_once(services, f"overdue#{key_of_id(event.id)}", mail)


def _address_of_assignee(services: "MailSideServices", case: Case) -> str | None:
    """The address of whoever has the case: an agent of the shop, or a member of staff who logs in with an address."""
    if case.assignee is None:
        return None
    status = services.agents.status(case.shop, case.assignee)
    if status is not None and status.agent.writes_from:
        return status.agent.writes_from
    return case.assignee if is_email(case.assignee) else None
