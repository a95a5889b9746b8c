"""The port for search: the index of words, and the words of each case.

A `place` is that of a case in a list: `<when it was opened, 13 digits>#<case key>`; the newest sorts last.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.search.case_words import CaseWords, Digest
from chalicelib.domain.search.terms import Term


def place_of(opened_at: Instant, key: str) -> str:
    """The place of a case in a list."""
    return f"{opened_at:013d}#{key}"


def key_in(place: str) -> str:
    """The key of the case at this place."""
    return place.partition("#")[2]


class WordStore(Protocol):
    """The index of words, by keyed hashes, and the words of each case."""

    def digests(self, shop: str, terms: Iterable[Term]) -> dict[Term, Digest]:
        """The hashes of terms with the shop's key, in the same order."""

    def read_ahead(self, key: str, order: str) -> None:
        """Read in one request what indexing an event of a case reads first: the case, the event, and the case's
        words."""

    def load(self, key: str) -> CaseWords:
        """The words of a case; version 0 when none are stored."""

    def load_many(self, keys: Iterable[str]) -> dict[str, CaseWords]:
        """The words of cases, by key; version 0 where none are stored. At most 100 are one request."""

    def save(self, key: str, words: CaseWords) -> None:
        """Save words in place of those of the same version, with the next version. `VersionConflict` if they have been
        changed since."""

    def post(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        """Let a case be found by these; posting one twice changes nothing."""

    def remove(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        """Let a case no longer be found by these."""

    def places(self, shop: str, digests: Sequence[Digest], limit: int, after: str | None) -> list[list[str]]:
        """For each digest, in the same order, up to `limit` places of cases that are posted under it, the newest first;
        those that come after the place `after`."""

    def add_tracking(self, shop: str, order: str, numbers: Iterable[str]) -> None:
        """Let an order be found by the plain tracking numbers of its parcels."""

    def orders_tracked(self, shop: str, number: str) -> list[str]:
        """The ids of the orders with a parcel of this plain tracking number."""
