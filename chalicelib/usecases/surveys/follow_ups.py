"""After an unhappy answer to a survey: open a complaint."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.surveys import is_unhappy
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_unhappy_answer(change: Change, event: Event) -> bool:
    """Whether the event is an answer so low that somebody calls the customer."""
    return isinstance(event.fact, SurveyAnswered) and is_unhappy(event.fact)


def follow_up_answer(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Open the complaint, once."""
    from chalicelib.usecases.surveys.open_follow_up_case import follow_up

    if stored.case is None or stored.event is None:
        return None
    opened = follow_up(services, stored.case, stored.event)
    return opened.case.id if opened is not None and opened.case is not None else None


FOLLOW_UPS = (FollowUp("follow up the unhappy answer", "intake", is_unhappy_answer, follow_up_answer),)
