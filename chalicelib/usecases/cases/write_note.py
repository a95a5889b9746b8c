"""Write a note on a case about something that is no message, such as an email that was not delivered."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class WriteNoteServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `write_note` uses."""


def write_note(
    services: "WriteNoteServices", shop: Shop, case: Case, because: Event, message: str, by: Actor = SYSTEM
) -> StoredCase:
    """Write a note that follows from the event `because`, once."""
    key = key_of_id(case.id)
    note = NoteAdded(message=message)

    def decide(stored: StoredCase) -> list[Event]:
        noted_at = max(services.now(), events.time_of_order(stored.last) + 1)
        note_event = events.event(noted_at, by, note, key, "note", because.id)
        stored_keys = {key_of_id(event.id) for event in services.cases.events_since(key, because.at)}
        return [] if key_of_id(note_event.id) in stored_keys else [note_event]

    return append_events(services, shop, key, decide)
