"""Add an email to its case, once, however many copies of it arrive."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.cases.transitions import comes_after_closing
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.cases.reported.open_linked_cases import open_linked_cases
from chalicelib.usecases.email.author import is_same_email, mail_ref_of
from chalicelib.usecases.email.authored_email import AuthoredEmail, actor_of
from chalicelib.usecases.email.classify_email import choose_fact, review_tasks
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasOrderRecords,
        HasRegistries,
        HasShops,
        HasThreads,
    )

    class AppendEmailServices(
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasInboundDomain,
        HasOrderRecords,
        HasRegistries,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `append_email` uses."""


EMAIL_FACTS = (MessageReceived, NoteAdded, ReplySent)
"""What an email can become on a case that it does not open."""


def append_email(
    services: "AppendEmailServices", shop: Shop, before: StoredCase, authored: AuthoredEmail
) -> tuple[StoredCase, Event]:
    """Add the email to its case, once, however many copies of it arrive; the case, and the event of the email.

    Whoever saves first that an email with this id belongs to the case knows that the case, as it was read before, has
    no copy of it. Everybody else looks for one, and so does who adds an email that comes too late for its case, because
    its thread goes on in another one.
    """
    assert before.case is not None
    new_event = _event_of(services, shop, before, authored)
    is_first = not comes_after_closing(before.case, new_event.at) and services.threads.remember(
        authored.email.id, before.key, services.now(), ours=False
    )
    stored_event: Event | None = None

    def decide(current: StoredCase) -> list[Event]:
        nonlocal stored_event
        stored_event = _stored_event(services, current.key, new_event, authored)
        if stored_event is None and not (is_first and current.version == before.version):
            stored_event = _stored_copy(services, current.key, authored)
        return [] if stored_event else [new_event, *review_tasks(services, shop, current, authored, new_event)]

    stored = append_events(services, shop, before.key, decide, Conditions(seen=before))
    open_linked_cases(services, shop, stored, None if stored_event else before)
    return stored, stored_event or new_event


def _event_of(services: "AppendEmailServices", shop: Shop, stored: StoredCase, authored: AuthoredEmail) -> Event:
    """The event that an email becomes on its case."""
    assert stored.case is not None
    receipt = authored.receipt
    actor = actor_of(services, shop, authored, stored.case.customer)
    fact = choose_fact(services, stored, authored)
    made = events.event(receipt.received_at, actor, fact, stored.key, "mail", authored.key, receipt=receipt.id)
    return replace(made, heard_at=receipt.received_at)


def _stored_event(services: "AppendEmailServices", key: str, new_event: Event, authored: AuthoredEmail) -> Event | None:
    """The event that this email became before: the opening, or one that differs at most in its fact."""
    orders = [events.OPENING, *(events.order_of(new_event.id, fact) for fact in EMAIL_FACTS)]
    stored_events = services.cases.events_at(key, orders)
    return next(
        (event for event in stored_events if is_same_email(mail_ref_of(event), authored.key, authored.email)), None
    )


def _stored_copy(services: "AppendEmailServices", key: str, authored: AuthoredEmail) -> Event | None:
    """The event that another copy of this email became."""
    stored_events = services.cases.newest_events(key)
    return next(
        (event for event in stored_events if is_same_email(mail_ref_of(event), authored.key, authored.email)), None
    )
