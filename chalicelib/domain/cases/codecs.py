"""How structs are stored and read back: as JSON of their fields, except cases and events.

The state of a case is stored as one flat object, although it is made of several parts in memory. A long state is
compressed, because each change of a case writes it twice over, by the KiB. An event is read with the facts that
capabilities have registered.
"""

import zlib
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar, Union, cast

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.packs import EventPack
from chalicelib.domain.cases.parts import EmailState, Ownership, Routing, Satisfaction
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

S = TypeVar("S", bound=Struct)
PARTS: dict[str, type[Struct]] = {
    "satisfaction": Satisfaction,
    "routing": Routing,
    "ownership": Ownership,
    "email": EmailState,
}
"""The parts whose fields are stored beside those of the case. No two of them have a field of the same name."""
COMPRESSED_FROM = 600
"""From so many bytes of JSON on, a case's state is compressed. Shorter ones fit into 1 KiB with the keys of their
item."""
EMPTY_PARTS = {field.name: field.default for field in fields(Case) if field.name in PARTS}
"""The default objects themselves: msgspec leaves out a default only if it is the same object."""

_DECODE_PART = {name: msgspec.json.Decoder(kind).decode for name, kind in PARTS.items()}
_decode_case = msgspec.json.Decoder(Case).decode


def encode_case(case: Case) -> bytes:
    """The state of a case as stored JSON."""
    without_parts = msgspec.json.encode(replace(case, **EMPTY_PARTS))
    parts = [getattr(case, name) for name in PARTS if getattr(case, name) != EMPTY_PARTS[name]]
    fields_of_parts = [msgspec.json.encode(part)[1:-1] for part in parts]
    return b",".join([without_parts[:-1], *fields_of_parts]) + b"}"


def decode_case(text: bytes | str) -> Case:
    """Read a case from stored JSON."""
    parts = {name: decode(text) for name, decode in _DECODE_PART.items()}
    return replace(_decode_case(text), **parts)


def json_of(stored: bytes | str) -> bytes | str:
    """The JSON of a stored value: as it is if it is text, and otherwise uncompressed."""
    return zlib.decompress(stored) if isinstance(stored, bytes) else stored


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event whose fact is not decoded yet."""

    id: str
    at: Instant
    by: Actor
    fact: Raw
    seq: int = 0
    receipt: str | None = None
    claimed_at: Instant | None = None
    heard_at: Instant | None = None


class StoredPack(Struct, frozen=True):
    """A pack whose facts are not decoded yet."""

    first: int
    events: tuple[StoredEvent, ...]


class EventCodec:
    """Reads stored events with the given types of facts."""

    def __init__(self, facts: Iterable[type[Fact]]) -> None:
        kinds: Any = Union[tuple(facts)]  # noqa: UP007 - the registered facts are known only at run time
        self._fact: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(kinds)
        self._stored = msgspec.json.Decoder(StoredEvent)
        self._pack = msgspec.json.Decoder(StoredPack)

    def decode(self, text: bytes | str) -> Event:
        """Read an event from stored JSON. Raises msgspec's ValidationError if its fact is of an unknown type."""
        return self._event(self._stored.decode(text))

    def decode_pack(self, text: bytes | str) -> EventPack:
        """Read a pack from stored JSON; ValidationError as for `decode`."""
        stored = self._pack.decode(text)
        return EventPack(stored.first, tuple(map(self._event, stored.events)))

    def _event(self, stored: StoredEvent) -> Event:
        return Event(
            id=stored.id,
            at=stored.at,
            by=stored.by,
            fact=self._fact.decode(stored.fact),
            seq=stored.seq,
            receipt=stored.receipt,
            claimed_at=stored.claimed_at,
            heard_at=stored.heard_at,
        )


class StoredFormats:
    """Encodes and decodes stored structs. `facts` gives the registered facts; it is called when the first event is
    read."""

    def __init__(self, facts: Callable[[], tuple[type[Fact], ...]]) -> None:
        self._facts = facts

    @cached_property
    def _events(self) -> EventCodec:
        return EventCodec(self._facts())

    def encode(self, value: Any) -> str | bytes:
        """The JSON in which a value is stored, compressed if it is that of a case and long."""
        if not isinstance(value, Case):
            return msgspec.json.encode(value).decode()
        text = encode_case(value)
        return zlib.compress(text) if len(text) >= COMPRESSED_FROM else text.decode()

    def decode(self, stored: str | bytes, kind: type[S]) -> S:
        """The struct that is stored so; msgspec's ValidationError when it is not of this kind."""
        text = json_of(stored)
        if kind is Case:
            return cast("S", decode_case(text))
        if kind is Event:
            return cast("S", self._events.decode(text))
        if kind is EventPack:
            return cast("S", self._events.decode_pack(text))
        return msgspec.json.decode(text, type=kind)
