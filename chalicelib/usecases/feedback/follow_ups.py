"""The follow-up of feedback: store what an event says in the one shape of all feedback.

It shares the queue of search, which reads the same events, and which nobody waits for.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.feedback.collect import is_feedback
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_collected(change: Change, event: Event) -> bool:
    """Whether the event is feedback. What came before the opening is collected with it."""
    case = change.after.case
    return case is not None and is_feedback(event, case.channel)


def collect(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Store the feedback of the event."""
    from chalicelib.usecases.feedback.collect_feedback import collect_event

    if stored.case is None or stored.event is None:
        return None
    count = collect_event(services, stored.case, stored.event)
    return f"{count} items" if count else None


FOLLOW_UPS = (FollowUp("collect feedback", "search", is_collected, collect),)
