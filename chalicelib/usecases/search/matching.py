"""The cases that have all of some words, the newest first.

Each word has one or two digests: as a word of the conversation, or of the customer's name. The list of the rarest word
is read, and each case in it is checked against its own words. So a search opens no text, and what it reads depends on
how many results are shown, and not on how many cases the shop has.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.search.case_words import CaseWords, Digest
from chalicelib.usecases.ports.search import key_in

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasWords

PAGE = 100
"""How many cases of a list are read and checked at a time."""
MAX_PROBED = 4
"""The lists of so many words are begun, to see which is the rarest."""
MAX_ROUNDS = 5
"""A page of results checks 500 cases at most; if few of them have the other words, it has few results and a cursor."""
Alternatives = tuple[Digest, ...]
Accepts = Callable[[CaseWords], bool]


class Match(Struct, frozen=True):
    """A case that has the words: its place, and its words."""

    place: str
    words: CaseWords


class Matches(Struct, frozen=True):
    """Matching cases, and the place after which there may be more; None if there are no more."""

    items: list[Match]
    next: str | None = None


class _Lists(Struct, frozen=True):
    """What was read of the lists of one word."""

    pages: list[list[str]]

    @property
    def is_whole(self) -> bool:
        """Whether all lists end here."""
        return all(len(page) < PAGE for page in self.pages)

    @property
    def places(self) -> list[str]:
        """The cases of all lists, the newest first, as far as each list was read."""
        ends = [page[-1] for page in self.pages if len(page) == PAGE]
        end = max(ends, default="")
        return sorted({place for page in self.pages for place in page if place >= end}, reverse=True)[:PAGE]

    @property
    def rarity(self) -> tuple[bool, int, str]:
        """Sorts the rarest first: a whole list by its length, others by how far back a page of them reaches."""
        return (not self.is_whole, len(self.places) if self.is_whole else 0, self.places[-1] if self.places else "")


def matching(
    services: "HasWords",
    shop: str,
    asked: Sequence[Alternatives],
    limit: int,
    after: str | None,
    accepts: Accepts = lambda _: True,
) -> Matches:
    """Up to `limit` cases that have all words that are `asked` and that `accepts`, after the place `after`. Fewer if
    that many cannot be found in time."""
    rarest, lists = _rarest(services, shop, asked, after)
    items: list[Match] = []
    for _ in range(MAX_ROUNDS):
        places = lists.places
        stored = services.words.load_many([key_in(place) for place in places])
        words = ((place, stored[key_in(place)]) for place in places)
        items += [Match(place, each) for place, each in words if each.has_all(asked) and accepts(each)]
        if len(items) > limit:
            return Matches(items[:limit], items[limit - 1].place)
        if len(places) < PAGE and lists.is_whole:
            return Matches(items)
        after = places[-1]
        lists = _Lists(services.words.places(shop, rarest, PAGE, after))
    return Matches(items, after)


def _rarest(
    services: "HasWords", shop: str, asked: Sequence[Alternatives], after: str | None
) -> tuple[Alternatives, _Lists]:
    """The rarest word, and the begin of its lists."""
    probed = asked[:MAX_PROBED]
    digests = [digest for alternatives in probed for digest in alternatives]
    pages = dict(zip(digests, services.words.places(shop, digests, PAGE, after), strict=True))
    lists = [(each, _Lists([pages[digest] for digest in each])) for each in probed]
    return min(lists, key=lambda pair: pair[1].rarity)
