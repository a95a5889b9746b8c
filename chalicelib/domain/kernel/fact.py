"""The base of all facts: what an event says happened to a case."""

from typing import ClassVar

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What happened, in the past tense; the tag is the event's public type.

    Things of one millisecond happen in the order of their `rank`, so an answer that resolves a case comes before the
    resolving. The rank is in the keys of stored events (two digits, 0 to 99): each fact has its own, and keeps it.
    """

    rank: ClassVar[int]

    @property
    def place(self) -> str:
        """Its place among facts of the same kind in the same millisecond: at most one letter."""
        return ""
