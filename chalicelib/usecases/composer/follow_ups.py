"""After a note that mentions colleagues: notify them."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def mentions_somebody(change: Change, event: Event) -> bool:
    """Whether this event is a note that mentions colleagues, and was written on this case."""
    return isinstance(event.fact, NoteAdded) and bool(event.fact.mentions) and event.fact.moved_from is None


def notify_of_mention(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Notify the colleagues whom the note mentions."""
    from chalicelib.usecases.composer.mentions import notify_mentioned

    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, NoteAdded):
        return None
    if not event.fact.mentions or event.fact.moved_from is not None:
        return None
    return notify_mentioned(services, case, event, event.fact)


FOLLOW_UPS = (FollowUp("notify who is mentioned", "notices", mentions_somebody, notify_of_mention),)
