"""The index of words in memory, with the conflicts of the table's."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.search.case_words import CaseWords, Digest
from chalicelib.domain.search.terms import Term
from chalicelib.usecases.ports.cases import VersionConflict


class FakeWords:
    """Words of cases by key, and the places that are posted under each digest."""

    def __init__(self) -> None:
        self.stored: dict[str, CaseWords] = {}
        self.posted: dict[tuple[str, Digest], set[str]] = {}
        self.tracked: dict[tuple[str, str], set[str]] = {}
        self.reads = 0
        """How many requests to the table the reads so far would be."""

    def digests(self, shop: str, terms: Iterable[Term]) -> dict[Term, Digest]:
        return {term: key_of("a shop's own key", shop, term.kind, term.text) for term in terms}

    def read_ahead(self, key: str, order: str) -> None:
        """There is nothing to gain in memory."""

    def load(self, key: str) -> CaseWords:
        return self.stored.get(key, CaseWords())

    def load_many(self, keys: Iterable[str]) -> dict[str, CaseWords]:
        self.reads += 1
        return {key: self.load(key) for key in keys}

    def save(self, key: str, words: CaseWords) -> None:
        if self.load(key).version != words.version:
            raise VersionConflict
        self.stored[key] = replace(words, version=words.version + 1)

    def post(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        for digest in digests:
            self.posted.setdefault((shop, digest), set()).add(place)

    def remove(self, shop: str, place: str, digests: Sequence[Digest]) -> None:
        for digest in digests:
            self.posted.get((shop, digest), set()).discard(place)

    def places(self, shop: str, digests: Sequence[Digest], limit: int, after: str | None) -> list[list[str]]:
        self.reads += len(digests)
        lists = (sorted(self.posted.get((shop, digest), ()), reverse=True) for digest in digests)
        return [[place for place in places if after is None or place < after][:limit] for places in lists]

    def add_tracking(self, shop: str, order: str, numbers: Iterable[str]) -> None:
        for number in numbers:
            self.tracked.setdefault((shop, number), set()).add(order)

    def orders_tracked(self, shop: str, number: str) -> list[str]:
        return sorted(self.tracked.get((shop, number), ()))
