"""What notifications do after an event: tell a tier of an escalation."""

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated
from chalicelib.usecases.ports import Change
from chalicelib.usecases.ports.follow_ups import EventInCase, FollowUp, FollowUpOutcome
from chalicelib.usecases.ports.services import Services


def is_escalation(change: Change, event: Event) -> bool:
    """Whether a case came up to a tier by this event."""
    return isinstance(event.fact, CaseEscalated)


def notify_of_escalation(services: Services, stored: EventInCase) -> FollowUpOutcome:
    """Mail those whom the policy names for the tier."""
    from chalicelib.usecases.notifications.notify_tier import notify_tier

    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, CaseEscalated):
        return None
    return notify_tier(services, case, event, event.fact)


FOLLOW_UPS = (FollowUp("notify the tier", "notices", is_escalation, notify_of_escalation),)
