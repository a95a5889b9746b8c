"""Read a statement by its format's rules, line by line: its entries, what is damaged, and whether its totals agree."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import is_whole
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.text import Bad, Numbered, amount_of, id_of

Lines = Callable[[], Numbered]
"""The numbered lines of a statement, each time from the beginning."""
Fields = list[str]
Records = Iterator[tuple[int, Fields | None]]
PREAMBLE = 40
"""A statement's headings stand within so many lines."""
MOST_DAMAGED = 1_000
"""So many damaged rows are listed; all are counted."""


class Asked(Struct, frozen=True, kw_only=True):
    """What whoever brings a statement says of it: `dates` and `decimal` where they cannot be seen from the whole."""

    provider: Provider | None = None
    time_zone: str | None = None
    dates: Literal["dmy", "mdy"] | None = None
    decimal: Literal["comma", "point"] | None = None


class Damaged(Struct, frozen=True):
    """A row that could not be read."""

    line: int
    why: str


class Reading:
    """What was read of a statement so far; complete once its entries were taken."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.rows = 0
        self.entries = 0
        self.damaged: list[Damaged] = []
        self.warnings: list[str] = []
        self.passed: Counter[str] = Counter()
        """Rows that give nothing back, by what they are."""
        self.since: Instant | None = None
        self.until: Instant | None = None
        self.spoiled = 0

    def spoil(self, line: int, why: str) -> None:
        """A row cannot be read."""
        self.spoiled += 1
        if len(self.damaged) < MOST_DAMAGED:
            self.damaged.append(Damaged(line, why))

    def cover(self, at: Instant) -> None:
        """The statement tells of this moment."""
        self.since = at if self.since is None else min(at, self.since)
        self.until = at if self.until is None else max(at, self.until)


class Row:
    """The fields of a row by the names of the format; an absent column is empty."""

    def __init__(self, fields: Fields, places: dict[str, int]) -> None:
        self.fields, self.places = fields, places

    def get(self, name: str) -> str:
        """The text of a field."""
        place = self.places.get(name)
        return self.fields[place].strip() if place is not None and place < len(self.fields) else ""

    def need(self, name: str) -> str:
        """The text of a field that must say something."""
        text = self.get(name)
        if not text:
            raise Bad(f"has no {name}")
        return text

    def id(self, name: str) -> str | None:
        """The id in a field, None where there is none."""
        return id_of(self.get(name))


class Format(Protocol):
    """How one service's statements are written. One is made for each statement that is read."""

    provider: Provider

    def headings(self, line: str) -> Fields | None:
        """The names of the columns, when this line holds them."""

    def places(self, headings: Fields) -> dict[str, int]:
        """Where the columns stand that are needed; Invalid names those that are missing."""

    def preamble(self, line: str, reading: Reading) -> None:
        """A line before the headings."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Find out what only the whole statement says: how its numbers and dates are written."""

    def records(self, lines: Numbered) -> Records:
        """The rows behind the headings; totals are kept, not given. None for a row that falls apart."""

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """What a row gives back; None when it gives nothing. Bad when it cannot be read."""

    def check(self, reading: Reading) -> None:
        """Hold the statement's own totals against what was read."""


def entries_of(form: Format, lines: Lines, reading: Reading) -> Iterator[Entry]:
    """The entries of a statement in order. What stands in the way of one row is noted, and the next one read."""
    numbered = lines()
    places = _begin(form, numbered, reading)
    form.look_ahead(lines, places)
    for line, fields in form.records(numbered):
        reading.rows += 1
        try:
            if fields is None:
                raise Bad("has not as many fields as there are columns")
            entry = _whole(form.entry(Row(fields, places), reading))
        except Bad as why:
            reading.spoil(line, str(why))
            continue
        if entry is not None:
            reading.entries += 1
            yield entry
    form.check(reading)


def _whole(entry: Entry | None) -> Entry | None:
    if entry is not None and not is_whole(entry.amount.value, entry.amount.currency):
        raise Bad(f"{entry.amount.amount} {entry.amount.currency} cannot be paid in coins of that currency")
    return entry


def _begin(form: Format, numbered: Numbered, reading: Reading) -> dict[str, int]:
    for _, line in islice(numbered, PREAMBLE):
        headings = form.headings(line) if line is not None else None
        if headings is not None:
            return form.places(headings)
        form.preamble(line or "", reading)
    raise invalid(
        "content",
        f"is no statement of {form.provider} that is known: no line of the first {PREAMBLE} names its columns",
    )


def placed(headings: Fields, names: dict[str, tuple[str, ...]], needed: tuple[str, ...]) -> dict[str, int]:
    """Where each column stands, by any of its headings. Invalid names all that are needed and missing."""
    known = {text.strip().casefold(): place for place, text in reversed(list(enumerate(headings)))}
    found = {
        name: known[alias.casefold()]
        for name, aliases in names.items()
        for alias in aliases[::-1]
        if alias.casefold() in known
    }
    missing = [" or ".join(names[name]) for name in needed if name not in found]
    if missing:
        raise invalid("content", f"has no column {', '.join(missing)}; it has {', '.join(headings)[:500]}")
    return found


def check_sum(reading: Reading, what: str, told: str, read: object) -> None:
    """Warn when a total is not what was read."""
    try:
        agree = amount_of(told) == amount_of(str(read))
    except Bad:
        agree = False
    if not agree:
        reading.warnings.append(f"its totals say {what} {told.strip()}, and {read} was read")
