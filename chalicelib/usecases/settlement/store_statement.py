"""Keep the entries of a statement; each that is new is settled behind it. The same statement twice changes nothing."""

import io
from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.kernel.errors import TooLarge
from chalicelib.domain.kernel.timestamps import Instant, from_datetime
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry, Provider, StatementUpload, check_time
from chalicelib.domain.settlement.formats.reading import Lines, Reading
from chalicelib.domain.settlement.formats.text import encoding_of, lines_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.services import Services

CHUNK = 64 * 1024
MOST_AT_ONCE = 1_000
"""So many entries are kept by one request; a statement with more is brought by the command, in parts."""


def opened(data: bytes) -> Lines:
    """The lines of a statement that is in memory, in whatever encoding it is. Invalid when it is no text."""
    chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    text = data.decode(encoding_of(lambda: iter(chunks)))
    return lambda: lines_of(io.StringIO(text, newline=None))


class StoredStatement(Struct, frozen=True):
    """How many entries of a statement were new, and how many were kept before."""

    new: int
    known: int


def handle_statement(services: Services, shop: Shop, told: StatementUpload, now: Instant) -> StoredStatement:
    """Keep what `statement.told` tells."""
    brought = store_entries(services, shop, [one.entry(told.provider) for one in told.entries])
    if told.since is not None and told.until is not None:
        cover(services, shop, told.provider, told.statement, from_datetime(told.since), from_datetime(told.until), now)
    return brought


def store_statement(
    services: Services, shop: Shop, reading: Reading, entries: Iterable[Entry], digest: str
) -> StoredStatement:
    """Keep what is read of a whole statement. TooLarge when it gives back more than one request may keep."""
    kept: list[Entry] = []
    for place, entry in enumerate(entries):
        if place == MOST_AT_ONCE:
            raise TooLarge(f"The statement has more than {MOST_AT_ONCE} refunds: bring it by the command infra.import.")
        check_time(f"content.entries[{place}].at", entry.at, services.now())
        kept.append(entry)
    brought = store_entries(services, shop, kept)
    if reading.since is not None and reading.until is not None:
        cover(services, shop, reading.provider, digest, reading.since, reading.until, services.now())
    return brought


def store_entries(services: Services, shop: Shop, entries: Iterable[Entry]) -> StoredStatement:
    """Keep each entry once, however it is written."""
    new = [services.settlements.add(shop, entry.as_kept) for entry in entries]
    return StoredStatement(sum(new), len(new) - sum(new))


def cover(
    services: Services, shop: Shop, provider: Provider, digest: str, since: Instant, until: Instant, now: Instant
) -> None:
    """Remember what time a statement tells of; no more of it than has passed."""
    until = min(until, now)
    if since <= until:
        told = Coverage(provider=provider, statement=digest, since=since, until=until, told_at=now)
        services.settlements.cover(shop.id, told)
