"""One reported value, and which of two reports of it counts: always the same one, whichever arrived first."""

from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Instant

MAX_RIVALS = 8
"""The most values for the same time that are stored besides the winner: a report that arrives out of turn may show that
one of them wins after all."""


class Revision(Struct, frozen=True, array_like=True):
    """One reported value, in plain types: the time it is from, and when it was first received."""

    at: Instant
    value: Any
    received_at: Instant = 0
    rivals: tuple[tuple[Instant, Any], ...] = ()
    """Other values reported for the same time, with the time each was first received: platforms report whole
    seconds."""

    @property
    def stamp(self) -> tuple[Instant, Instant]:
        """Its place among reports: by the time it is from, then by the time it was received."""
        return self.at, self.received_at


def newer(first: Revision, second: Revision) -> Revision:
    """The later of two reports. Of the same time, the value that was first received last: a repetition changes nothing.
    Of values received at the same time, too, always the same one wins."""
    if first.at != second.at:
        return max(first, second, key=lambda revision: revision.at)
    earliest: dict[bytes, tuple[Instant, Any]] = {}
    reports = (
        (first.received_at, first.value),
        *first.rivals,
        (second.received_at, second.value),
        *second.rivals,
    )
    for received_at, value in reports:
        text = msgspec.json.encode(value, order="deterministic")
        before = earliest.get(text)
        if before is None or received_at < before[0]:
            earliest[text] = (received_at, value)
    ranked = sorted(earliest.items(), key=lambda item: (item[1][0], item[0]))
    *rivals, (_, (received_at, value)) = ranked
    return Revision(first.at, value, received_at, tuple(rival for _, rival in rivals[-MAX_RIVALS:]))
