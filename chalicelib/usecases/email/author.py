"""Who wrote an email, as seen from a case: its customer, an agent, the shop itself, somebody else, or a machine."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.email.authorship import Writer, comparable_address
from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.agents import Agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasCustomers, HasThreads

    class AuthorServices(HasAgents, HasCases, HasCustomers, HasThreads, Protocol):
        """The services that `author` uses."""


AuthorKind = Literal["customer", "staff", "shop", "third_party", "machine"]


def author_kind_of(
    services: "AuthorServices", shop: Shop, email: InboundEmail, writer: Writer, stored: StoredCase | None
) -> AuthorKind:
    """Who wrote an email that belongs to the stored case, or to none.

    An email that we sent, or that comes from the shop's own address, is the shop's, even if it comes back from
    elsewhere. On a case, only its customer's addresses count as the customer's; if none is known, no address does. An
    email that belongs to no case is from a customer, unless its writer may be an agent: agents are never customers
    here, whether their address is certain or not.
    """
    if writer.automatic in ("bounce", "reply") or (writer.automatic is not None and stored is not None):
        return "machine"
    if is_our_own(services, email) or comparable_address(writer.address) == comparable_address(shop.mail_from):
        return "shop"
    if stored is not None and is_customers_address(services, stored, writer):
        return "customer"
    is_agent = agent_with_address(services, shop, writer.address) is not None
    if is_agent and writer.certain:
        return "staff"
    return "customer" if stored is None and not is_agent else "third_party"


def is_our_own(services: "AuthorServices", email: InboundEmail) -> bool:
    """Whether we sent this email ourselves and it came back: through a group, a copy or a forwarding rule."""
    return bool(services.threads.cases([email.id], only_ours=True))


def agent_with_address(services: "AuthorServices", shop: Shop, address: str) -> Agent | None:
    """The shop's agent who writes from this address."""
    wanted = mail_of(address)
    if not shop.routes or wanted is None:
        return None
    agents = (status.agent for status in services.agents.statuses(shop.id))
    return next((agent for agent in agents if mail_of(agent.writes_from) == wanted), None)


def is_customers_address(services: "AuthorServices", stored: StoredCase, writer: Writer) -> bool:
    """Whether an email was written from an address of the case's customer: one on any of the customer's records, or one
    that earlier emails of theirs came from.

    The part behind a `+` is ignored: it only sorts the owner's mail (RFC 5233), and owners answer without it. The
    address at which customers asked to be answered counts only if the writer is certain, since anybody can be named
    there.
    """
    addresses = _customers_addresses(services, stored, writer.certain)
    comparable = (comparable_address(address or "") for address in addresses)
    return bool(writer.address) and comparable_address(writer.address) in comparable


def customers_addresses(services: "AuthorServices", stored: StoredCase) -> set[str | None]:
    """The addresses of a case's customer in the form in which they are compared.

    Those on the customer's records, those that their emails came from, and those at which emails that are certainly
    theirs asked to be answered. A form or list that passed on words without naming their writer is not an address of
    the customer's.
    """
    return set(_customers_addresses(services, stored, with_answer_to=True))


def _customers_addresses(services: "AuthorServices", stored: StoredCase, with_answer_to: bool) -> Iterator[str | None]:
    """The customer's addresses: those on the records first, then those in emails, the newest first. The events of the
    case are read a page at a time, as far as the addresses are used."""
    assert stored.case is not None
    root = main_record(services, key_of_id(stored.case.customer))
    for record in linked_records(services, root) if root else []:
        if record.email:
            yield mail_of(record.email)
    for ref in map(mail_ref_of, services.cases.newest_events(stored.key)):
        if ref is None or ref.author != "customer":
            continue
        if ref.sender and ref.sender != ref.via:
            yield mail_of(ref.sender)
        if with_answer_to and ref.certain and ref.answer_to:
            yield mail_of(ref.answer_to)


def mail_ref_of(event: Event) -> MailRef | None:
    """The email from which an event was made."""
    fact = event.fact
    return fact.mail if isinstance(fact, CaseOpened | MessageReceived | NoteAdded | ReplySent) else None


def is_same_email(ref: MailRef | None, key: str, email: InboundEmail) -> bool:
    """Whether an event's `ref` is this email: it has the key of its receipt, or is another copy of it."""
    if ref is None or ref.letter == key:
        return ref is not None
    return bool(ref.digest) and (ref.digest, ref.message_id) == (email.digest, email.id)
