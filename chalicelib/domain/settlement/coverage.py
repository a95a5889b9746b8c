"""The time that the statements of a shop cover: a payment can only be missing from a statement that covers its time."""

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.settlement.entries import Provider

PROOF_DAYS = 7
"""Money that was requested, or reported as paid, appears in a statement within this many days."""
MAX_GAP_MS = 2 * DAY_MS
"""Two statements this far apart still leave nothing out: they begin and end with a payment, and a day without payments
has no statement."""
ABANDONED_AFTER_MS = 35 * DAY_MS
"""When the statements of one service end this long before another's, the shop no longer uses that service."""
Span = tuple[Instant, Instant]


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The time one statement covers: from its first to its last row, or as the statement itself says."""

    provider: Provider
    statement: str
    """The digest of its text."""
    since: Instant
    until: Instant
    told_at: Instant
    """When the statement was uploaded."""


def covers(coverages: Iterable[Coverage], since: Instant, until: Instant) -> bool:
    """Whether the statements of every payment service that the shop uses cover the whole of this time."""
    spans: dict[Provider, list[Span]] = {}
    for coverage in coverages:
        spans.setdefault(coverage.provider, []).append((coverage.since, coverage.until))
    ends = {provider: max(end for _, end in covered) for provider, covered in spans.items()}
    newest = max(ends.values(), default=0)
    used = [spans[provider] for provider, end in ends.items() if end >= newest - ABANDONED_AFTER_MS]
    return bool(used) and all(_cover(covered, since, until) for covered in used)


def _cover(spans: list[Span], since: Instant, until: Instant) -> bool:
    """Whether these spans, once neighbours are joined, contain that time."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1] + MAX_GAP_MS:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return any(begin <= since and end >= until for begin, end in joined)
