"""Add an email to a side conversation of its case, once, however many copies of it arrive."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.email.authorship import comparable_address
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.tasks import MAX_OPEN, of_email, open_ones
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.side_conversations.conversation import SideConversation, find, thread_key
from chalicelib.domain.side_conversations.facts import SideFile, SideMessageReceived
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.email.author import is_same_email
from chalicelib.usecases.email.authored_email import AuthoredEmail, actor_of, mail_ref
from chalicelib.usecases.email.handle_bounce import is_permanent
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.side_conversations.read_sides import start_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasRegistries,
        HasShops,
        HasThreads,
    )

    class AppendSideEmailServices(
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasRegistries,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `append_side_email` uses."""


def append_side_email(
    services: "AppendSideEmailServices", shop: Shop, before: StoredCase, side_key: str, authored: AuthoredEmail
) -> tuple[StoredCase, Event]:
    """Add the email to the case's conversation with this key, once; the case, and the event of the email.

    As for the customer's emails: whoever saves first that an email with this id belongs to the conversation knows that
    the case, as it was read before, has no copy of it; everybody else looks for one.
    """
    assert before.case is not None
    side = find(before.case, side_key)
    assert side is not None
    new_event = _event_of(services, shop, before, before.case, side, authored)
    thread = thread_key(before.key, side_key)
    is_first = services.threads.remember(authored.email.id, thread, services.now(), ours=False)
    stored_event: Event | None = None

    def decide(current: StoredCase) -> list[Event]:
        nonlocal stored_event
        stored_event = _stored_event(services, current.key, new_event)
        if stored_event is None and not (is_first and current.version == before.version):
            stored_event = _stored_copy(services, current.key, authored)
        return [] if stored_event is not None else [new_event, *_review_task(current, authored, new_event)]

    stored = append_events(services, shop, before.key, decide, Conditions(seen=before))
    return stored, stored_event or new_event


def _event_of(
    services: "AppendSideEmailServices",
    shop: Shop,
    stored: StoredCase,
    case: Case,
    side: SideConversation,
    authored: AuthoredEmail,
) -> Event:
    """The event that an email becomes in the conversation."""
    email, receipt = authored.email, authored.receipt
    start = start_of(services, case, side)
    to = start.to if start is not None else ""
    subject = f"{email.subject}\n\n" if authored.author == "machine" else ""
    fact = SideMessageReceived(
        side=side.id,
        message=f"{subject}{email.text}",
        mail=mail_ref(authored),
        files=tuple(SideFile(file.name, file.kind, file.size) for file in email.attachments),
        other_sender=authored.author != "machine"
        and comparable_address(authored.writer.address) != comparable_address(to),
        automatic=None if email.unproven else authored.writer.automatic,
        failed=_reports_failure(services, thread_key(stored.key, key_of_id(side.id)), to, authored),
    )
    actor = actor_of(services, shop, authored, case.customer) if authored.author == "staff" else SYSTEM
    made = events.event(receipt.received_at, actor, fact, stored.key, "side mail", authored.key, receipt=receipt.id)
    return replace(made, heard_at=receipt.received_at)


def _reports_failure(services: "AppendSideEmailServices", thread: str, to: str, authored: AuthoredEmail) -> bool:
    """Whether the email is a bounce of an email that we sent in this conversation, to the address it is held with, and
    delivery will not be tried again."""
    email = authored.email
    if email.automatic != "bounce" or not email.reported_ids:
        return False
    failed = {mail_of(bounce.address) for bounce in email.bounced if is_permanent(bounce)}
    return mail_of(to) in failed and thread in services.threads.cases(email.reported_ids, only_ours=True)


def _stored_event(services: "AppendSideEmailServices", key: str, new_event: Event) -> Event | None:
    """The event that this email became before."""
    return next(iter(services.cases.events_at(key, [new_event.order])), None)


def _stored_copy(services: "AppendSideEmailServices", key: str, authored: AuthoredEmail) -> Event | None:
    """The event that another copy of this email became."""
    for event in services.cases.newest_events(key):
        ref = event.fact.mail if isinstance(event.fact, SideMessageReceived) else None
        if is_same_email(ref, authored.key, authored.email):
            return event
    return None


def _review_task(stored: StoredCase, authored: AuthoredEmail, event: Event) -> list[Event]:
    """A task to read the answer, if the case is done, so that nobody would see it."""
    case, fact = stored.case, event.fact
    if case is None or not case.done or len(open_ones(case.tasks)) >= MAX_OPEN:
        return []
    if not isinstance(fact, SideMessageReceived) or not (fact.answers or fact.failed):
        return []
    received_at = authored.receipt.received_at
    department, title, due_at = of_email(received_at, authored.writer.address)
    task = new_id(received_at, key_of("task", stored.key, authored.key))
    opened = TaskOpened(task=task, department=department, title=title, due_at=due_at)
    return [events.event(received_at, SYSTEM, opened, stored.key, "to look at", authored.key)]
