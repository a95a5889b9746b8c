"""How cases and events are stored and read back.

The state of a case is one flat object, whatever parts it is made of here; an event is read as one of the facts that
capabilities have registered.
"""

from collections.abc import Iterable
from typing import Any, Union

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.parts import EmailState, Ownership, Routing, Satisfaction
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

PARTS: dict[str, type[Struct]] = {
    "satisfaction": Satisfaction,
    "routing": Routing,
    "ownership": Ownership,
    "email": EmailState,
}
"""The parts whose fields stand beside those of the case. No two of them have a field of the same name."""


EMPTY = {field.name: field.default for field in fields(Case) if field.name in PARTS}
"""The very objects that are the defaults: only those are left out."""


def encode_case(case: Case) -> bytes:
    """The state of a case as stored JSON."""
    bare = msgspec.json.encode(replace(case, **EMPTY))
    filled = [msgspec.json.encode(getattr(case, name))[1:-1] for name in PARTS if getattr(case, name) != EMPTY[name]]
    return b",".join([bare[:-1], *filled]) + b"}"


def decode_case(text: bytes | str) -> Case:
    """The case of stored JSON."""
    parts = {name: msgspec.json.decode(text, type=kind) for name, kind in PARTS.items()}
    return replace(msgspec.json.decode(text, type=Case), **parts)


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event whose fact was not read yet."""

    id: str
    at: Instant
    by: Actor
    fact: Raw
    seq: int = 0
    receipt: str | None = None
    claimed_at: Instant | None = None
    heard_at: Instant | None = None


class EventCodec:
    """Reads stored events with the facts it is given. msgspec's ValidationError: an event of an unknown fact."""

    def __init__(self, facts: Iterable[type[Fact]]) -> None:
        kinds: Any = Union[tuple(facts)]  # noqa: UP007 - made of what is registered
        self._fact: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(kinds)
        self._stored = msgspec.json.Decoder(StoredEvent)

    def decode(self, text: bytes | str) -> Event:
        """The event of stored JSON."""
        stored = self._stored.decode(text)
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
