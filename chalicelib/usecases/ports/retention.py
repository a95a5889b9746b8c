"""The port for the retention of customers and files. Days are calendar days in the shop's time zone; months are of UTC,
such as `2026-11`; instants are in milliseconds since 1970."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.domain.kernel.timestamps import Day, Instant


class RetentionStore(Protocol):
    """When customers were last active, which cases were closed on a day, and the requests to erase and delete."""

    def quiet_since(self, shop: str, month: str) -> Iterator[str]:
        """The marks (`<month>#<key>`) of customers who may have been inactive since before this month."""

    def request_erasure(self, shop: str, key: str, month: str, now: Instant) -> None:
        """Request through the queue that a customer is checked, and erased if they were inactive for too long; removes
        their mark of that month."""

    def closed_on(self, shop: str, day: Day) -> Iterator[str]:
        """The keys of the cases that were closed on a day."""

    def request_file_deletion(self, case: str, now: Instant) -> None:
        """Request through the queue that the files of a case are checked and deleted; `case` is its key."""

    def cleared_to(self, shop: str, days: int) -> Day | None:
        """The last day whose closed cases were requested while files were kept for this many days; None if none was."""

    def note_cleared(self, shop: str, days: int, day: Day) -> None:
        """Save that day in place of the last one."""
