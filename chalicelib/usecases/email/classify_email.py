"""Decide what an email becomes on its case: whether its text goes to the customer, and whether an agent must review
it."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.tasks import MAX_OPEN, of_email, of_unsent, open_ones
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.email.author import agent_with_address, customers_addresses
from chalicelib.usecases.email.authored_email import AuthoredEmail, mail_ref
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasCustomers, HasThreads

    class ClassifyEmailServices(HasAgents, HasCases, HasCustomers, HasThreads, Protocol):
        """The services that `classify_email` uses."""


def choose_fact(services: "ClassifyEmailServices", stored: StoredCase, authored: AuthoredEmail) -> Fact:
    """The fact an email becomes on its case: a message of its customer, an agent's reply, or a note for anything
    else."""
    email = authored.email
    ref = mail_ref(authored)
    if authored.author == "customer":
        return MessageReceived(message=email.text, mail=ref)
    if authored.author == "staff" and email.text:
        customers = customers_addresses(services, stored)
        had = bool(customers & {mail_of(mailbox.address) for mailbox in (*email.addressed_to, *email.cc)})
        if had or (authored.addressed and _is_to_customer(authored, customers)):
            return ReplySent(message=email.text, mail=ref, had=had)
    subject = f"{email.subject}\n\n" if authored.author == "machine" else ""
    return NoteAdded(message=f"{subject}{email.text}", mail=ref)


def _is_to_customer(authored: AuthoredEmail, customers: set[str | None]) -> bool:
    """Whether an agent's email is meant for the customer: its `To` names the case's own address and nobody else, and it
    forwards no other email. An email to a warehouse with the case in `Cc` is not for the customer."""
    from chalicelib.domain.email.quoting import is_forward  # few emails need it, so it loads late
    from chalicelib.domain.email.quoting.forwarded import announces_forward

    email = authored.email
    case = {mail_of(address) for address in ((authored.address,) if authored.address else email.to)}
    to = {mail_of(mailbox.address) for mailbox in email.addressed_to}
    forwards = is_forward(email.subject, email.text) or announces_forward(email.text)
    return bool(to & case) and not to - case - customers and not forwards


def review_tasks(
    services: "ClassifyEmailServices", shop: Shop, stored: StoredCase, authored: AuthoredEmail, event: Event
) -> list[Event]:
    """A task to read the note an email became, if nobody would see it, or if an agent's own reply was not sent."""
    case = stored.case
    received_at = authored.receipt.received_at
    if case is None or not isinstance(event.fact, NoteAdded) or len(open_ones(case.tasks)) >= MAX_OPEN:
        return []
    is_unsent = authored.author == "staff" and authored.addressed
    is_unsure = authored.author == "third_party" or (authored.author == "machine" and authored.email.unproven)
    if not is_unsent and not (is_unsure and _is_overlooked(services, shop, stored, authored)):
        return []
    department, title, due_at = (of_unsent if is_unsent else of_email)(received_at, authored.writer.address)
    task = new_id(received_at, key_of("task", stored.key, authored.key))
    fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
    return [events.event(received_at, SYSTEM, fact, stored.key, "to look at", authored.key)]


def _is_overlooked(services: "ClassifyEmailServices", shop: Shop, stored: StoredCase, authored: AuthoredEmail) -> bool:
    """Whether nobody would see somebody else's note.

    So it is on a case that is done or waits for its customer. A note that may be an agent's counts as well, and so does
    one that may be the customer's because no address of theirs is known.
    """
    case = stored.case
    rests = case is not None and (case.done or case.status == "waiting_customer")
    may_be_agents = agent_with_address(services, shop, authored.writer.address) is not None
    return rests or may_be_agents or not customers_addresses(services, stored)
