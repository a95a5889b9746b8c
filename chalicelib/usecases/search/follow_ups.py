"""The follow-up of search: let the case be found by what an event says.

It has a queue of its own: when a shop's history is imported, thousands of events are indexed, for which no notice and
no delivery has to wait.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.search.terms import is_searched
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.read_ahead import Wanted
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_found_by(change: Change, event: Event) -> bool:
    """Whether the case may be found by this event. What came before the opening is indexed with it."""
    return change.after.case is not None and is_searched(event, change.shop.words)


def index(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Index the event; with the opening, the events that came before it."""
    from chalicelib.usecases.search.index_case import index_event

    services.words.read_ahead(stored.key, stored.order)
    case = stored.case
    if case is not None and stored.order == OPENING:
        services.ahead.read(Wanted(shop=case.shop, settings="recent", customer=key_of_id(case.customer)))
    event = stored.event
    if case is None or event is None:
        return None
    new = index_event(services, case, event) if is_searched(event, with_words=True) else 0
    return f"{new} new words" if new else None


FOLLOW_UPS = (FollowUp("index the event", "search", is_found_by, index),)
