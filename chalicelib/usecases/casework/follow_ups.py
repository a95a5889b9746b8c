"""After an event: what is said on a merged case is passed on, and messages that were split off open their case."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.casework.facts import CaseSplit
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_passed_on(change: Change, event: Event) -> bool:
    """Whether the event is something that is said on a merged case."""
    case = change.after.case
    is_said = isinstance(event.fact, MessageReceived | NoteAdded | ReplySent)
    return is_said and case is not None and case.merged_into is not None


def pass_on_event(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Pass it on to the case that this one is in, once."""
    case, event = stored.case, stored.event
    if case is None or event is None or case.merged_into is None:
        return None
    if not isinstance(event.fact, MessageReceived | NoteAdded | ReplySent):
        return None
    from chalicelib.usecases.casework.pass_on import pass_on

    return pass_on(services, case, event)


def is_split(_change: Change, event: Event) -> bool:
    """Whether messages were split off."""
    return isinstance(event.fact, CaseSplit)


def open_split(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Open the new case, if the request that split the messages off did not come to that."""
    case, event = stored.case, stored.event
    if case is None or event is None or not isinstance(event.fact, CaseSplit):
        return None
    from chalicelib.usecases.casework.split_case import open_split_case

    return open_split_case(services, stored.stored, event.fact)


FOLLOW_UPS = (
    FollowUp("pass on what is said on a merged case", "intake", is_passed_on, pass_on_event),
    FollowUp("open the case of split messages", "intake", is_split, open_split),
)
