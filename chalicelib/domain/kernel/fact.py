"""The base of all facts."""

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The base of all facts; the tag is the event's type."""
