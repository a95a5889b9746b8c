"""How structs are stored: as JSON of their fields, except cases and events, which have their own codecs."""

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
    """Encodes and decodes stored structs. `facts` gives the registered facts; it is called when the first event is
    read."""

    def __init__(self, facts: Callable[[], tuple[type[Fact], ...]]) -> None:
        self._facts = facts

    @cached_property
    def _events(self) -> EventCodec:
        return EventCodec(self._facts())

    def encode(self, value: Any) -> bytes:
        """The JSON in which a value is stored."""
        return encode_case(value) if isinstance(value, Case) else msgspec.json.encode(value)

    def decode(self, text: str, kind: type[S]) -> S:
        """The struct that is stored as this JSON; msgspec's ValidationError when it is not of this kind."""
        if kind is Case:
            return cast("S", decode_case(text))
        if kind is Event:
            return cast("S", self._events.decode(text))
        return msgspec.json.decode(text, type=kind)
