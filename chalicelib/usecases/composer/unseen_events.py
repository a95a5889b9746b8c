"""Events of a case over which no reply is sent, because its writer has not seen them."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.composer.pending_replies import overtaking
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Overtaken, invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.usecases.cases.event_view import actor_view
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCases


def unseen_events(services: "HasCases", stored: StoredCase, seen: int, by: Actor) -> list[Event]:
    """The events since the version `seen` over which no reply of `by` is sent, the oldest first. Only as many are
    read as there are since then, unless one of them came late. Invalid for a version that the case never had."""
    wanted = stored.version - seen
    if wanted < 0:
        raise invalid("seen", f"is a version the case does not have yet: it is at version {stored.version}")
    newest: list[Event] = []
    for event in services.cases.newest_events(stored.key) if wanted else ():
        if event.seq > seen:
            newest.append(event)
        if len(newest) >= wanted:
            break
    return overtaking(sorted(newest, key=lambda event: event.seq), seen, by)


def check_nothing_unseen(services: "HasCases", stored: StoredCase, seen: int, by: Actor) -> None:
    """Overtaken, with the unseen events, when there are any."""
    unseen = unseen_events(services, stored, seen, by)
    if unseen:
        raise overtaken(unseen)


def overtaken(unseen: list[Event]) -> Overtaken:
    """The refusal that names what its caller has not seen: never its words, which the case's own events have."""
    shown: list[dict[str, object]] = [
        {"event": event.id, "type": event.type, "at": format_instant(event.at), "by": actor_view(event.by)}
        for event in unseen
    ]
    kinds = ", ".join(dict.fromkeys(event.type for event in unseen))
    return Overtaken(
        f"Something came that you have not seen ({kinds}): read it, then send your reply again or change it.", shown
    )
