"""How events are stored, and read back as the facts that capabilities have registered."""

from collections.abc import Iterable
from typing import Any, Union

import msgspec
from msgspec import Raw, Struct

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant


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
