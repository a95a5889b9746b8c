"""Store the entries of a statement; each new entry is settled later. The same statement twice changes nothing."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import TooLarge
from chalicelib.domain.kernel.timestamps import Instant, from_datetime
from chalicelib.domain.settlement.coverage import Coverage
from chalicelib.domain.settlement.entries import Entry, StatementUpload, check_time
from chalicelib.domain.settlement.formats.reading import Lines, Reading
from chalicelib.domain.settlement.formats.text import detect_encoding, numbered_lines
from chalicelib.domain.shops.shop import Shop

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasSettlements

    class StoreStatementServices(HasClock, HasSettlements, Protocol):
        """The services that `store_statement` uses."""


CHUNK_BYTES = 64 * 1024
MAX_PER_REQUEST = 1_000
"""The most entries that one request may store; a larger statement is uploaded in parts by the command infra.import."""


def open_statement(data: bytes) -> Lines:
    """The lines of a statement that is in memory, in whatever encoding it is. `Invalid` if it is not text."""
    chunks = [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]
    text = data.decode(detect_encoding(lambda: iter(chunks)))
    return lambda: numbered_lines(io.StringIO(text, newline=None))


class StoredStatement(Struct, frozen=True):
    """How many entries of a statement were new, and how many were stored before (`known`)."""

    new: int
    known: int


def handle_statement(
    services: "StoreStatementServices", shop: Shop, upload: StatementUpload, now: Instant
) -> StoredStatement:
    """Store the entries of a webhook `statement.told`, and the time that the statement covers if it is stated."""
    stored = store_entries(services, shop, [entry.entry(upload.provider) for entry in upload.entries])
    if upload.since is not None and upload.until is not None:
        coverage = Coverage(
            provider=upload.provider,
            statement=upload.statement,
            since=from_datetime(upload.since),
            until=from_datetime(upload.until),
            told_at=now,
        )
        store_coverage(services, shop, coverage)
    return stored


def store_statement(
    services: "StoreStatementServices", shop: Shop, reading: Reading, entries: Iterable[Entry], digest: str
) -> StoredStatement:
    """Store the entries of a whole statement. `TooLarge` if there are more than one request may store."""
    checked: list[Entry] = []
    for index, entry in enumerate(entries):
        if index == MAX_PER_REQUEST:
            raise TooLarge(
                f"The statement has more than {MAX_PER_REQUEST} refunds: upload it with the command infra.import."
            )
        check_time(f"content.entries[{index}].at", entry.at, services.now())
        checked.append(entry)
    stored = store_entries(services, shop, checked)
    if reading.since is not None and reading.until is not None:
        coverage = Coverage(
            provider=reading.provider,
            statement=digest,
            since=reading.since,
            until=reading.until,
            told_at=services.now(),
        )
        store_coverage(services, shop, coverage)
    return stored


def store_entries(services: "StoreStatementServices", shop: Shop, entries: Iterable[Entry]) -> StoredStatement:
    """Store each entry once, in whatever form it is written."""
    is_new = [services.settlements.add(shop, entry.normalised) for entry in entries]
    return StoredStatement(sum(is_new), len(is_new) - sum(is_new))


def store_coverage(services: "StoreStatementServices", shop: Shop, coverage: Coverage) -> None:
    """Store the time that a statement covers, up to the time of its upload."""
    covered = replace(coverage, until=min(coverage.until, coverage.told_at))
    if covered.since <= covered.until:
        services.settlements.add_coverage(shop.id, covered)
