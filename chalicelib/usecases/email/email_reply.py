"""Answer customers who write by email, in the thread of their email: with an agent's reply, or a confirmation."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, ReplySent
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.email.inbound_email import ANSWERS_PER_SENDER, RATE_WINDOW_MS
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.notifications.templates import MailName
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.email.handle_bounce import is_undeliverable
from chalicelib.usecases.notifications.send_email import ANSWERED, WRITTEN, Draft, compose, send_once, thread_headers
from chalicelib.usecases.notifications.signed_links import file_link, progress_link
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class EmailReplyServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
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
        """The services that `email_reply` uses."""


NEWEST_EMAILS = 20
"""More ids than these fit into no header."""
NOTED = {
    "rejected": "rejected",
    "unconfirmed": "unconfirmed",
    "no address": "no_address",
    "undeliverable": "undeliverable",
}
"""The outcomes that are noted on the case, each with the phrase that explains it: the customer did not get a reply."""


class _Reply(Struct, frozen=True, kw_only=True):
    """What an email to a customer is composed from."""

    case: Case
    event: Event
    answered: list[MailRef]
    """The customer's first email and their newest ones before the event, oldest first."""
    customer: Customer | None
    address: str
    subject: str


def reply_by_email(services: "EmailReplyServices", stored: StoredCase, case: Case, event: Event) -> str:
    """Email the customer about one event of their stored `case`, once, and return the outcome.

    If a reply could not be emailed, a note on the case says so: whoever wrote it believes that the customer got it.
    """
    answered = _customers_emails_until(services, stored, event)
    customer = services.customers.load([key_of_id(case.customer)]).get(key_of_id(case.customer))
    address = _customers_address(services, case, customer, answered)
    shop = shop_of(services, case.shop, fresh=False)
    is_reply = isinstance(event.fact, ReplySent)
    outcome = _reason_not_to_send(services, case, address, is_reply)
    if outcome is None:
        reply = _Reply(
            case=case,
            event=event,
            answered=answered,
            customer=customer,
            address=address,
            subject=services.cases.opening([stored.key])[stored.key].subject,
        )
        outcome = send_once(services, f"mail#{key_of_id(event.id)}", _compose(services, shop, reply))
    if is_reply and outcome in NOTED:
        write_note(services, shop, case, event, services.pages.text(f"mail_{NOTED[outcome]}", shop.locale))
    return outcome


def _customers_emails_until(services: "EmailReplyServices", stored: StoredCase, event: Event) -> list[MailRef]:
    """The emails the customer wrote up to and including an event: the first, and the newest ones."""
    emails = [
        earlier
        for earlier in services.cases.events_to_fold(stored)
        if earlier.seq <= event.seq and _customers_email(earlier) is not None
    ]
    wanted = [*emails[:1], *emails[1:][-NEWEST_EMAILS:]]
    if any(not ref.message_id for ref in map(_customers_email, wanted) if ref is not None):  # read from a pack
        wanted = services.cases.events_at(stored.key, [email.order for email in wanted])
    return [ref for ref in map(_customers_email, wanted) if ref is not None]


def _customers_email(event: Event) -> MailRef | None:
    """The email an event was made from, if the case's customer wrote it."""
    ref = event.fact.mail if isinstance(event.fact, CaseOpened | MessageReceived) else None
    return ref if ref is not None and ref.author == "customer" else None


def _customers_address(
    services: "EmailReplyServices", case: Case, customer: Customer | None, answered: list[MailRef]
) -> str:
    """The address at which a customer is answered.

    The one their newest email asks for, if that email is certainly theirs; else the one on their record, or on the main
    record of the same person; else the one they claim to have written from.
    """
    if answered and answered[-1].certain and answered[-1].answer_to:
        return answered[-1].answer_to
    root = main_record(services, key_of_id(case.customer)) if customer is None or not customer.email else None
    on_record = (customer.email if customer else None) or (root.email if root else None)
    return on_record or (answered[0].answer_to or answered[0].sender if answered else "")


def _reason_not_to_send(services: "EmailReplyServices", case: Case, address: str, is_reply: bool) -> str | None:
    """Why no email is sent; None if one is."""
    if not address:
        return "no address"
    if is_undeliverable(services, case, address):
        return "undeliverable"
    counter = f"answers#{key_of_id(case.customer)}"
    if not is_reply and not services.idempotency.count_within(
        counter, ANSWERS_PER_SENDER, services.now(), RATE_WINDOW_MS
    ):
        return "answered often"
    return None


def _compose(services: "EmailReplyServices", shop: Shop, reply: _Reply) -> Mail:
    case = reply.case
    customer = reply.customer
    fact = reply.event.fact
    kind: MailName = "reply" if isinstance(fact, ReplySent) else "received"
    language = (customer.language if customer else None) or case.language
    values = {
        "shop": shop.name,
        "name": (customer.name if customer else None) or "",
        "number": case.number,
        "subject": reply.subject,
        "link": progress_link(services, shop, case.id),
        "message": _message(services, shop, fact, language) if isinstance(fact, ReplySent) else "",
    }
    headers = thread_headers([ref.message_id for ref in reply.answered]) | (WRITTEN if kind == "reply" else ANSWERED)
    draft = Draft(
        name=kind,
        language=language,
        to=reply.address,
        values=values,
        headers=headers,
        case=key_of_id(case.id),
    )
    mail = compose(services, shop, draft)
    return replace(mail, copy=fact.copy) if isinstance(fact, ReplySent) else mail


def _message(services: "EmailReplyServices", shop: Shop, fact: ReplySent, language: str) -> str:
    """The text of a reply with the links to its files: they are not enclosed, so that an email is never too large for
    the customer's server, and a file can be erased with its case."""
    lines = [
        services.pages.text(
            "reply_file", language, name=file.name, size=_size(file.bytes), link=file_link(services, shop, file.file)
        )
        for file in fact.files
    ]
    return "\n\n".join([fact.message, "\n".join(lines)]) if lines else fact.message


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, round(count / 1024))} KB"
