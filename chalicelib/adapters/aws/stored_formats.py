"""How structs are stored: as JSON by their fields, but for cases and events, which have codecs of their own."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.codecs import EventCodec, decode_case, encode_case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.fact import Fact

S = TypeVar("S", bound=Struct)


class StoredFormats:
    """Writes and reads what the tables hold. `facts` gives the registered facts, when the first event is read."""

    def __init__(self, facts: Callable[[], tuple[type[Fact], ...]]) -> None:
        self._facts = facts

    @cached_property
    def _events(self) -> EventCodec:
        return EventCodec(self._facts())

    def encode(self, value: Any) -> bytes:
        """The stored JSON of a value."""
        return encode_case(value) if isinstance(value, Case) else msgspec.json.encode(value)

    def decode(self, text: str, kind: type[S]) -> S:
        """The struct of stored JSON; msgspec's ValidationError when it is no such struct."""
        if kind is Case:
            return cast("S", decode_case(text))
        if kind is Event:
            return cast("S", self._events.decode(text))
        return msgspec.json.decode(text, type=kind)
