"""The events that a webhook about a case becomes. They follow from the webhook alone, so their keys are known when it
is received."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseClosed, CaseResolved, MessageReceived, ReplySent
from chalicelib.domain.cases.payloads import CustomerMessage, HelpdeskAssignment, HelpdeskReport
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import from_datetime, happened_at
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.routing.facts import CaseAssigned
from chalicelib.usecases.ports.intake import Becomes, EventKey, Receipt

T = TypeVar("T", bound=CaseEvent)


class Reported(Struct, frozen=True):
    """The facts that a webhook reports, and who caused them. `by_customer`: the customer did, so they are live when
    they are received, whenever they happened."""

    by: Actor
    facts: list[Fact]
    by_customer: bool = False


def message_reported(_receipt: Receipt, data: CustomerMessage) -> Reported:
    """A message of the customer."""
    return Reported(Actor("customer"), [MessageReceived(message=data.message)], by_customer=True)


def helpdesk_action_reported(receipt: Receipt, data: HelpdeskReport) -> Reported:
    """An agent replied to the case, resolved it or closed it in another help desk."""
    return Reported(Actor("agent", data.agent), _helpdesk_facts(receipt.type, data))


def helpdesk_assignment_reported(_receipt: Receipt, data: HelpdeskAssignment) -> Reported:
    """The case was assigned in another help desk."""
    return Reported(Actor("shop"), [CaseAssigned(assignee=data.assignee, team=data.team, why="reported")])


def _helpdesk_facts(webhook: str, data: HelpdeskReport) -> list[Fact]:
    replies: list[Fact] = [ReplySent(message=data.message)] if data.message is not None else []
    if webhook == "case.replied":
        return replies or [ReplySent(message="")]
    return [*replies, CaseResolved() if webhook == "case.resolved" else CaseClosed()]


def becomes_reported(report: Callable[[Receipt, T], Reported]) -> Becomes[T]:
    """For an intake handler: the key of the first event that a webhook becomes, if it reports these facts."""

    def becomes(receipt: Receipt, data: T) -> EventKey:
        key = case_key(receipt.shop, data.case_external_id)
        return EventKey(key, reported_events(receipt, data, report(receipt, data), key)[0].order)

    return becomes


def reported_events(receipt: Receipt, data: CaseEvent, reported: Reported, key: str) -> list[Event]:
    """The events of a report. Their ids follow from the time that the sender claims, but they happened no later than
    they were received. `key`: the key of their case."""
    occurred_at = happened_at(data.occurred_at, receipt.received_at)
    claimed = from_datetime(data.occurred_at) if data.occurred_at else receipt.received_at
    digest = _digest(data)
    made = [
        events.event(
            occurred_at,
            reported.by,
            fact,
            key,
            receipt.type,
            str(fact.__struct_config__.tag),
            str(claimed),
            digest,
            receipt=receipt.id,
            claimed=claimed,
        )
        for fact in reported.facts
    ]
    return [replace(event, heard_at=receipt.received_at) for event in made] if reported.by_customer else made


def _digest(data: CaseEvent) -> str:
    """A text that is the same for the same data, however it was formatted. The time is left out: it is another part of
    an event's identity."""
    return msgspec.json.encode(replace(data, occurred_at=None), order="deterministic").decode()
