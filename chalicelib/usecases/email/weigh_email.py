"""What a letter that belongs to a case becomes there: whether its words go out, and whether somebody is to look."""

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
from chalicelib.usecases.email.author import agent_of, customers_addresses
from chalicelib.usecases.email.authored_email import AuthoredEmail, ref_of
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def fact_of(services: Services, stored: StoredCase, heard: AuthoredEmail) -> Fact:
    """What a letter is on its case: its customer's words, an agent's reply, or a note of anybody's."""
    letter, ref = heard.letter, ref_of(heard)
    if heard.whose == "customer":
        return MessageReceived(message=letter.text, mail=ref)
    if heard.whose == "staff" and letter.text:
        theirs = customers_addresses(services, stored)
        had = bool(theirs & {mail_of(one.address) for one in (*letter.addressed_to, *letter.cc)})
        if had or (heard.addressed and _is_to_customer(heard, theirs)):
            return ReplySent(message=letter.text, mail=ref, had=had)
    subject = f"{letter.subject}\n\n" if heard.whose == "machine" else ""
    return NoteAdded(message=f"{subject}{letter.text}", mail=ref)


def _is_to_customer(heard: AuthoredEmail, theirs: set[str | None]) -> bool:
    """Whether an agent's letter speaks to the customer: its `To` names the case's own address and nobody else, and it
    is none that forwards another. What is written to a warehouse, with the case in copy, is not for the customer."""
    from chalicelib.domain.email.quoting import forwards  # what few mails need is loaded when one comes
    from chalicelib.domain.email.quoting.forwarded import announces_another

    letter, case = heard.letter, {mail_of(one) for one in ((heard.address,) if heard.address else heard.letter.to)}
    to = {mail_of(one.address) for one in letter.addressed_to}
    forwarding = forwards(letter.subject, letter.text) or announces_another(letter.text)
    return bool(to & case) and not to - case - theirs and not forwarding


def to_look_at(services: Services, shop: Shop, stored: StoredCase, heard: AuthoredEmail, told: Event) -> list[Event]:
    """A task to read what was noted, where nobody would see it, or an agent's own words did not go out."""
    case, at = stored.case, heard.receipt.received_at
    if case is None or not isinstance(told.fact, NoteAdded) or len(open_ones(case.tasks)) >= MAX_OPEN:
        return []
    unsent = heard.whose == "staff" and heard.addressed
    unsure = heard.whose == "third_party" or (heard.whose == "machine" and heard.letter.unproven)
    if not unsent and not (unsure and _is_missed(services, shop, stored, heard)):
        return []
    department, title, due_at = (of_unsent if unsent else of_email)(at, heard.writer.address)
    task = new_id(at, key_of("task", stored.key, heard.key))
    fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
    return [events.event(at, SYSTEM, fact, stored.key, "to look at", heard.key)]


def _is_missed(services: Services, shop: Shop, stored: StoredCase, heard: AuthoredEmail) -> bool:
    """Whether nobody would see another's note: the case rests, or it may be an agent's. Or it may be the customer's:
    no address of theirs is known."""
    case = stored.case
    rests = case is not None and (case.done or case.status == "waiting_customer")
    inside = agent_of(services, shop, heard.writer.address) is not None
    return rests or inside or not customers_addresses(services, stored)
