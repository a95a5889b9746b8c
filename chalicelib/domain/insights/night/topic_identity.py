"""Which groups of texts are those of the night before, so that they keep their ids."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from chalicelib.domain.kernel.ids import key_of

WORDED = 0.5
"""How much common words count beside common items."""
SAME = 0.3
"""From this likeness on (0 to 1.5) a group is the one of the night before."""


class Group(Struct, frozen=True):
    """A group of texts: the ids of its items, or of the newest of them, and the words that name it."""

    items: frozenset[str]
    words: frozenset[str]


def identify(kind: str, night: str, groups: Sequence[Group], previous: Mapping[str, Group]) -> list[str]:
    """The id of each group. The pairs of most likeness are matched first; the others get new ids, made from `kind`,
    `night` (the shop and the day) and their first item.

    Of the night before only the newest items of each group are known, so the groups are compared on the items known.
    """
    known = frozenset().union(*(group.items for group in previous.values()))
    pairs = [
        (-likeness, place, identifier)
        for place, group in enumerate(groups)
        for identifier, other in previous.items()
        if (likeness := likeness_of(group, other, known)) >= SAME
    ]
    matched: dict[int, str] = {}
    for _, place, identifier in sorted(pairs):
        if place not in matched and identifier not in matched.values():
            matched[place] = identifier
    taken = set(previous)
    return [matched.get(place) or _new_id(kind, night, group, taken) for place, group in enumerate(groups)]


def likeness_of(group: Group, other: Group, known: frozenset[str]) -> float:
    """The Jaccard index of the known items of two groups, and half of that of their words."""
    return jaccard(group.items & known, other.items) + WORDED * jaccard(group.words, other.words)


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """What two sets have in common, as a share of what they have together (Jaccard 1912); 0 of two empty ones."""
    both = len(first & second)
    return both / (len(first) + len(second) - both) if both else 0.0


def _new_id(kind: str, night: str, group: Group, taken: set[str]) -> str:
    """An id that no group has had the night before; `taken` gets it."""
    parts = [kind, night, min(group.items, default="")]
    while (identifier := key_of(*parts)) in taken:
        parts.append("again")
    taken.add(identifier)
    return identifier
