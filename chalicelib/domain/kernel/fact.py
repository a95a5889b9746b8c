"""The base of all facts: what happened to a case, as its events record it."""

from typing import ClassVar

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What happened, in the past tense; the tag is the event's public type.

    Facts of the same millisecond are in the order of their `rank`, so that a reply that resolves a case comes before
    the change of status. The rank is in the keys of stored events (two digits, 0 to 99): each fact has its own, and it
    never changes.
    """

    rank: ClassVar[int]
    folds_text: ClassVar[bool] = True
    """Whether its private text becomes part of its case's state; if not, packs of events leave the text out."""
    internal: ClassVar[bool] = False
    """Whether it stays among staff: customers do not even learn that it happened, and no endpoint of a shop gets it."""
    searched: ClassVar[tuple[str, ...]] = ()
    """The fields with what people wrote, by whose words its case is found."""
    heard: ClassVar[tuple[str, ...]] = ()
    """The fields with what its author says of the shop, which is feedback."""

    @property
    def withdraws(self) -> tuple[str, ...]:
        """The ids of the case's events that no longer count since this happened, as if they had not: it is folded
        without them. They stay stored, and count for the time before."""
        return ()

    @property
    def place(self) -> str:
        """Its place among facts of the same type in the same millisecond: at most one character."""
        return ""
