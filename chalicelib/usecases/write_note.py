"""Note something on a case that is nobody's word: that a mail did not arrive, that a machine answered."""

from chalicelib.domain import events
from chalicelib.domain.cases import Case
from chalicelib.domain.events import SYSTEM, Actor, Event
from chalicelib.domain.facts import NoteAdded
from chalicelib.domain.ids import key_in
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.record import record


def write_note(desk: Desk, shop: Shop, case: Case, because: Event, message: str, by: Actor = SYSTEM) -> Stored:
    """Write a note that follows from an event, once."""
    key, note = key_in(case.id), NoteAdded(message=message)

    def decide(stored: Stored) -> list[Event]:
        at = max(desk.now(), events.time_in(stored.last) + 1)
        made = events.event(at, by, note, key, "note", because.id)
        known = any(key_in(one.id) == key_in(made.id) for one in desk.cases.events(key))
        return [] if known else [made]

    return record(desk, shop, key, decide)
