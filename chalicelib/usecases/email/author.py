"""Whose words a letter is on a case: its customer's, an agent's, the shop's own, another's, or no person's."""

from typing import Literal

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.email.authorship import Writer, plain
from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.routing import Agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services

Whose = Literal["customer", "staff", "shop", "third_party", "machine"]


def author_of(services: Services, shop: Shop, letter: InboundEmail, writer: Writer, stored: StoredCase | None) -> Whose:
    """Whose words these are. What went out from here, or from the shop's own address, is the shop's, wherever it comes
    back from. On a case only its customer's addresses are the customer's, and where none is known, nobody's. Of a new
    case whoever writes is the customer, but for who may be staff: they are no customers here, certain or not."""
    if writer.automatic in ("bounce", "reply") or (writer.automatic is not None and stored is not None):
        return "machine"
    if is_ours(services, letter) or plain(writer.address) == plain(shop.mail_from):
        return "shop"
    if stored is not None and is_customers(services, stored, writer):
        return "customer"
    inside = agent_of(services, shop, writer.address) is not None
    if inside and writer.certain:
        return "staff"
    return "customer" if stored is None and not inside else "third_party"


def is_ours(services: Services, letter: InboundEmail) -> bool:
    """Whether this is one of our own mails that comes back: by a group, a copy, a forwarding."""
    return bool(services.threads.cases([letter.id], only_ours=True))


def agent_of(services: Services, shop: Shop, address: str) -> Agent | None:
    """The agent on the shop's roster who writes from this address."""
    wanted = mail_of(address)
    if not shop.routes or wanted is None:
        return None
    agents = (one.agent for one in services.agents.statuses(shop.id))
    return next((one for one in agents if mail_of(one.writes_from) == wanted), None)


def is_customers(services: Services, stored: StoredCase, writer: Writer) -> bool:
    """Whether this is an address of the case's customer: on any of the person's records, or their letters'. What stands
    behind a `+` in it only sorts their mail (RFC 5233): they are written to there, and answer without it. Where they
    asked to be answered, they are only if it is certain: anybody can be named there."""
    known = customers_addresses(services, stored, writer.certain)
    return bool(writer.address) and plain(writer.address) in {plain(one or "") for one in known}


def customers_addresses(services: Services, stored: StoredCase, answered: bool = True) -> set[str | None]:
    """The addresses of a case's customer, as they are compared; where their letters for certain asked to be `answered`,
    too. What passes words on without saying whose has none."""
    assert stored.case is not None
    root = main_record(services, key_of_id(stored.case.customer))
    found = {mail_of(one.email) for one in (linked_records(services, root) if root else []) if one.email}
    refs = (letter_of(one) for one in services.cases.events(stored.key))
    letters = [one for one in refs if one is not None and one.author == "customer"]
    found |= {mail_of(one.sender) for one in letters if one.sender and one.sender != one.via}
    return found | {mail_of(one.answer_to) for one in letters if answered and one.certain and one.answer_to}


def letter_of(event: Event) -> MailRef | None:
    """The letter an event came in."""
    fact = event.fact
    return fact.mail if isinstance(fact, CaseOpened | MessageReceived | NoteAdded | ReplySent) else None


def is_same(ref: MailRef | None, key: str, letter: InboundEmail) -> bool:
    """Whether this is the letter an event came in: by its receipt's key, or another copy of it."""
    if ref is None or ref.letter == key:
        return ref is not None
    return bool(ref.digest) and (ref.digest, ref.message_id) == (letter.digest, letter.id)
