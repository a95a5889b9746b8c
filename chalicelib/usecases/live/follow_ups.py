"""After a change of a case: note it in its shop's changes feed, and nudge the open desks."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_last_of_open_case(change: Change, event: Event) -> bool:
    """Whether the change is noted after this event: once for a change, and not for imported history."""
    case = change.after.case
    return case is not None and not case.historical and event is change.events[-1]


def note(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Note the change, and nudge the desks."""
    from chalicelib.usecases.live.note_change import note_change

    return note_change(services, stored.key, stored.order)


FOLLOW_UPS = (FollowUp("note the change", "live", is_last_of_open_case, note),)
