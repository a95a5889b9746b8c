"""Note something on a case that is nobody's word: that a mail did not arrive, that a machine answered."""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def write_note(
    services: Services, shop: Shop, case: Case, because: Event, message: str, by: Actor = SYSTEM
) -> StoredCase:
    """Write a note that follows from an event, once."""
    key, note = key_of_id(case.id), NoteAdded(message=message)

    def decide(stored: StoredCase) -> list[Event]:
        at = max(services.now(), events.time_of_order(stored.last) + 1)
        made = events.event(at, by, note, key, "note", because.id)
        known = any(key_of_id(one.id) == key_of_id(made.id) for one in services.cases.events(key))
        return [] if known else [made]

    return append_events(services, shop, key, decide)
