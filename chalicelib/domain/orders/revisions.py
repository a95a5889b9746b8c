"""One thing that was told, and which of two tellings of it counts: the same one, whichever came first."""

from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Instant

MOST_RIVALS = 8
"""Of one time so many tellings are remembered that did not win: one that comes out of turn may yet show which did."""


class Revision(Struct, frozen=True, array_like=True):
    """One thing that was told, in plain values: when it was so, and when that was first heard."""

    at: Instant
    value: Any
    heard: Instant = 0
    rivals: tuple[tuple[Instant, Any], ...] = ()
    """What else was told to be so at the same time, and when it was first heard: platforms tell whole seconds."""

    @property
    def stamp(self) -> tuple[Instant, Instant]:
        """Its place among tellings: by when it was so, then by when it was heard."""
        return self.at, self.heard


def newer(one: Revision, other: Revision) -> Revision:
    """Of two tellings the later; of one time, what was heard last for the first time: a repetition is no news. Of what
    was heard at one time, too, always the same one wins."""
    if one.at != other.at:
        return max(one, other, key=lambda told: told.at)
    first: dict[bytes, tuple[Instant, Any]] = {}
    for heard, value in ((one.heard, one.value), *one.rivals, (other.heard, other.value), *other.rivals):
        text = msgspec.json.encode(value, order="deterministic")
        first[text] = min(first.get(text, (heard, value)), (heard, value), key=lambda told: told[0])
    *rivals, (_, (heard, value)) = sorted(first.items(), key=lambda told: (told[1][0], told[0]))
    return Revision(one.at, value, heard, tuple(told for _, told in rivals[-MOST_RIVALS:]))
