"""The words by which a case is found, as keyed hashes: the truth that every result is checked against."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.search.terms import Term

MAX_WORDS = 200
"""A case is found by so many words at most; those of its first events count."""
MAX_TERMS = 250
"""With names, orders and tracking numbers."""
Digest = str
"""The keyed hash of a term, 16 hexadecimal digits."""


class CaseWords(Struct, frozen=True, kw_only=True):
    """The digests of a case's terms, and the order of the event that each came with. `version`: counts the times it was
    stored; `erased_at`: when the case's customer was last erased; `left_out`: how many words had no room."""

    sources: Mapping[Digest, str] = {}
    version: int = 0
    erased_at: Instant | None = None
    left_out: int = 0

    def takes(self, event: Event) -> bool:
        """Whether an event may still be added: what was said before an erasure is never found again."""
        return self.erased_at is None or event.at > self.erased_at

    def with_terms(self, order: str, digests: Mapping[Term, Digest]) -> "CaseWords":
        """The words with those of one more event; equal to these if it brings nothing new."""
        sources, left_out = dict(self.sources), 0
        for term, digest in digests.items():
            if digest in sources:
                continue
            if len(sources) >= (MAX_WORDS if term.kind == "word" else MAX_TERMS):
                left_out += 1
            else:
                sources[digest] = order
        if len(sources) == len(self.sources):
            return self
        return replace(self, sources=sources, left_out=self.left_out + left_out)

    def new_since(self, before: "CaseWords") -> list[Digest]:
        """The digests that these words have and those before had not."""
        return [digest for digest in self.sources if digest not in before.sources]

    def has_all(self, alternatives: Iterable[tuple[Digest, ...]]) -> bool:
        """Whether the case has at least one digest of each of these."""
        return all(any(digest in self.sources for digest in each) for each in alternatives)

    def source_of(self, alternatives: Iterable[tuple[Digest, ...]]) -> str | None:
        """The order of the event that most of these came with; of two, that of the earlier alternative."""
        orders = [self.sources[digest] for each in alternatives for digest in each if digest in self.sources]
        return max(orders, key=orders.count, default=None)
