"""Take a statement that a member of staff uploads: read it and store its entries."""

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import Reading, StatementOptions
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.settlement.store_statement import StoredStatement, open_statement, store_statement

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasSettlements

    class UploadStatementServices(HasClock, HasSettlements, Protocol):
        """The services that `upload_statement` uses."""


class UploadedStatement(Struct, frozen=True):
    """A statement that was taken: the digest of its text, the result of reading it, and how much of it was new."""

    digest: str
    reading: Reading
    stored: StoredStatement

    @property
    def counts(self) -> dict[str, int]:
        """What the record of changes says about it."""
        reading = self.reading
        return {
            "rows": reading.rows,
            "new": self.stored.new,
            "known": self.stored.known,
            "damaged": reading.damaged_rows,
        }


def upload_statement(
    services: "UploadStatementServices", shop: Shop, data: bytes, options: StatementOptions
) -> UploadedStatement:
    """Store the entries of a statement; they are settled later.

    `Invalid` if it is no statement that is known, or can be read in two ways; `TooLarge` if it has more entries than
    one request may store.
    """
    reading, entries = read_statement(open_statement(data), options)
    digest = hashlib.sha256(data).hexdigest()[:40]
    stored = store_statement(services, shop, reading, entries, digest)
    return UploadedStatement(digest, reading, stored)
