"""Which time the statements of a shop tell of: only what lies in it can be missed there."""

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.settlement.entries import Provider

PROOF_DAYS = 7
"""Money that was asked for, or said to be paid, stands in a statement within so many days."""
GAP = 2 * DAY_MS
"""Statements so far apart leave nothing out: they begin and end with a payment, and a day without one has none."""
GIVEN_UP = 35 * DAY_MS
"""A service whose statements end so long before another's is no longer used by the shop, or not settled."""


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The time one statement tells of, from its first to its last row, or as it says itself."""

    provider: Provider
    statement: str
    """The digest of its text."""
    since: Instant
    until: Instant
    told_at: Instant


def covers(coverages: Iterable[Coverage], since: Instant, until: Instant) -> bool:
    """Whether the statements of every service the shop settles tell of the whole of this time."""
    spans: dict[Provider, list[tuple[Instant, Instant]]] = {}
    for one in coverages:
        spans.setdefault(one.provider, []).append((one.since, one.until))
    newest = max((end for some in spans.values() for _, end in some), default=0)
    used = [some for some in spans.values() if max(end for _, end in some) >= newest - GIVEN_UP]
    return bool(used) and all(_whole(some, since, until) for some in used)


def _whole(spans: list[tuple[Instant, Instant]], since: Instant, until: Instant) -> bool:
    """Whether these spans, those that are near each other taken as one, hold that time."""
    joined: list[tuple[Instant, Instant]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1] + GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return any(begin <= since and end >= until for begin, end in joined)
