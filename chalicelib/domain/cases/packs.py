"""Packs: copies of a case's events without their texts, a hundred in one item, so that a long case is folded from few.

Events are packed in the order in which they were stored, so a pack is never changed: an event that comes late belongs
into a later pack, wherever its time is. A pack holds facts, not a state; it stays valid whatever rules they are folded
by.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.private_fields import split_private

PACK_SIZE = 100
"""The most events of a pack, and how many wait for the next one."""
MAX_PACK_BYTES = 150_000
"""The most JSON of a pack with several events, because an item has 400 KB at most."""


class Packed(Struct, frozen=True):
    """How far a case's events are packed. `count`: how many, the first that were stored; `last`: the order of the
    newest of them. An event that is not packed and comes before `last` is stored as a pack of its own, too."""

    count: int = 0
    last: str = ""


class EventPack(Struct, frozen=True):
    """Events that were stored one after the other. `first`: the number (`seq`) of the first."""

    first: int
    events: tuple[Event, ...]

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self.first + len(self.events) - 1


def compact(event: Event) -> Event:
    """An event as packs have it: without the text of facts that never becomes part of the state."""
    if event.fact.folds_text:
        return event
    return replace(split_private(event)[0], receipt=None)


def pack_of(event: Event) -> EventPack:
    """The pack of an event that comes late."""
    return EventPack(event.seq, (compact(event),))


def pack(events: Iterable[Event], packed: Packed, version: int) -> tuple[EventPack, ...]:
    """The packs of the events up to this version of the case that are not packed yet; none if some of them are missing
    or have no number."""
    waiting = sorted((event for event in events if packed.count < event.seq <= version), key=lambda event: event.seq)
    if [event.seq for event in waiting] != list(range(packed.count + 1, version + 1)):
        return ()
    return tuple(EventPack(part[0].seq, tuple(part)) for part in _parts([compact(event) for event in waiting]))


def _parts(events: list[Event]) -> Iterator[list[Event]]:
    """The events in parts that are small enough for an item."""
    part: list[Event] = []
    size = 0
    for event in events:
        event_size = len(msgspec.json.encode(event))
        if part and (len(part) == PACK_SIZE or size + event_size > MAX_PACK_BYTES):
            yield part
            part, size = [], 0
        part.append(event)
        size += event_size
    if part:
        yield part
