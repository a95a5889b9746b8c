"""After an event that escalates a case: notify the tier."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_escalation(change: Change, event: Event) -> bool:
    """Whether this event escalates the case."""
    return isinstance(event.fact, CaseEscalated)


def notify_of_escalation(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Email the addresses that the policy names for the tier."""
    from chalicelib.usecases.notifications.notify_tier import notify_tier

    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, CaseEscalated):
        return None
    return notify_tier(services, case, event, event.fact)


FOLLOW_UPS = (FollowUp("notify the tier", "notices", is_escalation, notify_of_escalation),)
