"""Answer a customer who writes by mail, in the thread of their mail: what an agent replied, and that we got it."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, ReplySent
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.email.inbound_email import ANSWERS_PER_SENDER, WINDOW
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.notifications.templates import MailName
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.write_note import write_note
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.email.handle_bounce import is_undeliverable
from chalicelib.usecases.notifications.send_email import ANSWERED, WRITTEN, Draft, compose, send_once
from chalicelib.usecases.notifications.signed_links import progress_link
from chalicelib.usecases.ports import Mail
from chalicelib.usecases.ports.services import Services, shop_of

LONGEST_HEADER = 900


def reply_by_email(services: Services, case: Case, told: list[Event], event: Event) -> str:
    """Send the mail of an event of a case, of which all events are `told`, once; what became of it. A reply that could
    not be mailed is noted on the case, for whoever wrote it believes that it was."""
    letters = [one for one in map(_customers, told) if one is not None and _is_before(one[0], event)]
    refs = [ref for _, ref in letters]
    customer = services.customers.load([key_of_id(case.customer)]).get(key_of_id(case.customer))
    address = _address(services, case, customer, refs)
    shop, is_reply = shop_of(services, case.shop, fresh=False), isinstance(event.fact, ReplySent)
    outcome = _in_the_way(services, case, address, is_reply)
    if outcome is None:
        mail = _mail(services, shop, case, event, refs, customer, address, _subject(told))
        outcome = send_once(services, f"mail#{key_of_id(event.id)}", mail)
    if is_reply and outcome in NOTED:
        write_note(services, shop, case, event, services.pages.text(f"mail_{NOTED[outcome]}", shop.locale))
    return outcome


NOTED = {
    "rejected": "rejected",
    "unconfirmed": "unconfirmed",
    "no address": "no_address",
    "undeliverable": "undeliverable",
}
"""What keeps a reply from its customer, and the phrase that says so on the case."""


def _customers(event: Event) -> tuple[Event, MailRef] | None:
    """An event that is a letter of the case's customer."""
    ref = event.fact.mail if isinstance(event.fact, CaseOpened | MessageReceived) else None
    return (event, ref) if ref is not None and ref.author == "customer" else None


def _is_before(letter: Event, event: Event) -> bool:
    return letter.seq <= event.seq


def _address(services: Services, case: Case, customer: Customer | None, letters: list[MailRef]) -> str:
    """Where the customer wants their answer: where their newest letter says, if it is theirs for certain; else at the
    address on their record, or on the person's; else where they say that they wrote from."""
    if letters and letters[-1].certain and letters[-1].answer_to:
        return letters[-1].answer_to
    root = main_record(services, key_of_id(case.customer)) if customer is None or not customer.email else None
    known = (customer.email if customer else None) or (root.email if root else None)
    return known or (letters[0].answer_to or letters[0].sender if letters else "")


def _in_the_way(services: Services, case: Case, address: str, is_reply: bool) -> str | None:
    """Why no mail is sent; None where one is."""
    if not address:
        return "no address"
    if is_undeliverable(services, case, address):
        return "undeliverable"
    person = f"answers#{key_of_id(case.customer)}"
    if not is_reply and not services.idempotency.count_within(person, ANSWERS_PER_SENDER, services.now(), WINDOW):
        return "answered often"
    return None


def _mail(
    services: Services,
    shop: Shop,
    case: Case,
    event: Event,
    letters: list[MailRef],
    customer: Customer | None,
    address: str,
    subject: str,
) -> Mail:
    kind: MailName = "reply" if isinstance(event.fact, ReplySent) else "received"
    language = (customer.language if customer else None) or case.language
    values = {
        "shop": shop.name,
        "name": (customer.name if customer else None) or "",
        "number": case.number,
        "subject": subject,
        "link": progress_link(services, shop, case.id),
        "message": event.fact.message if isinstance(event.fact, ReplySent) else "",
    }
    ids = [f"<{one.message_id}>" for one in letters]
    headers = {"In-Reply-To": ids[-1], "References": _references(ids)} if ids else {}
    headers |= WRITTEN if kind == "reply" else ANSWERED
    draft = Draft(name=kind, language=language, to=address, values=values, headers=headers, case=key_of_id(case.id))
    mail = compose(services, shop, draft)
    return replace(mail, copy=event.fact.copy) if isinstance(event.fact, ReplySent) else mail


def _references(ids: list[str]) -> str:
    """The newest ids that fit: a header that SES takes has less than a thousand characters."""
    kept = ids[-1:]
    for one in reversed(ids[:-1]):
        if len(" ".join([one, *kept])) > LONGEST_HEADER:
            break
        kept = [one, *kept]
    return " ".join(kept)


def _subject(told: list[Event]) -> str:
    """The subject the case was opened with."""
    return next(one.fact.subject for one in told if isinstance(one.fact, CaseOpened))
