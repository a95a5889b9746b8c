"""Note something on a case that is nobody's word: that a mail did not arrive, that a machine answered."""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import record
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk


def write_note(desk: Desk, shop: Shop, case: Case, because: Event, message: str, by: Actor = SYSTEM) -> Stored:
    """Write a note that follows from an event, once."""
    key, note = key_in(case.id), NoteAdded(message=message)

    def decide(stored: Stored) -> list[Event]:
        at = max(desk.now(), events.time_in(stored.last) + 1)
        made = events.event(at, by, note, key, "note", because.id)
        known = any(key_in(one.id) == key_in(made.id) for one in desk.cases.events(key))
        return [] if known else [made]

    return record(desk, shop, key, decide)
