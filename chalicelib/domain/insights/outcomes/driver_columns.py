"""The columns of a table of drivers: those of groups, and which columns can be learned from."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

FEWEST = 10
"""A group (a channel, a product, a topic) has a column from this many answered cases on."""
MOST = 10
"""The most columns of one kind of group, the largest first."""
DIFFERING = 10
"""Fewer cases than this that differ from all others say nothing about a driver: its column is nearly empty."""
CASES_OF_A_COLUMN = 10
"""So many cases are needed for each column (Peduzzi et al., J. Clin. Epidemiol. 49, 1996, for logistic regression)."""


class Column(Struct, frozen=True):
    """A driver by its name, with a value a case."""

    name: str
    values: list[float]


def group_columns(kind: str, groups: Sequence[set[str]]) -> list[Column]:
    """A column (1: in it, 0: not) for each group that has at least `FEWEST` cases, the largest first; `groups`: those
    of each case.

    They are compared with the cases that are in none of them. Where such cases are too few, or the kind is the channel,
    which every case has, the largest group has no column and is what the others are compared with.
    """
    sizes = Counter(group for of_case in groups for group in sorted(of_case))
    large = [group for group, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])) if size >= FEWEST]
    large = large[: MOST + 1]
    others = sum(not of_case & set(large) for of_case in groups)
    if others < FEWEST or kind == "channel":
        large = large[1:]
    return [
        Column(f"{kind}:{group}", [float(group in of_case) for of_case in groups]) for group in sorted(large[:MOST])
    ]


def useful_columns(columns: Iterable[Column], cases: int) -> list[Column]:
    """The columns that differ between enough cases; when there are more than the cases can teach, the first ones."""
    useful = [column for column in columns if _differing(column) >= DIFFERING]
    return useful[: cases // CASES_OF_A_COLUMN]


def _differing(column: Column) -> int:
    """How many cases have another value than the most frequent one."""
    counts = Counter(column.values)
    return len(column.values) - max(counts.values(), default=0)
