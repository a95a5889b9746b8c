"""Read a statement line by line by the rules of its format: entries, damaged rows, and whether its totals agree."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import is_whole
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.text import BadRow, Numbered, parse_amount, parse_id

Lines = Callable[[], Numbered]
"""Gives the numbered lines of a statement; each call starts again at the first line."""
Fields = list[str]
Records = Iterator[tuple[int, Fields | None]]
PREAMBLE = 40
"""The column headings of a statement are within its first lines, this many."""
MAX_DAMAGED_LISTED = 1_000
"""At most this many damaged rows are listed; all of them are counted."""


class StatementOptions(Struct, frozen=True, kw_only=True):
    """What the uploader states about a statement; `dates` and `decimal` are needed only if the statement does not show
    them."""

    provider: Provider | None = None
    time_zone: str | None = None
    dates: Literal["dmy", "mdy"] | None = None
    decimal: Literal["comma", "point"] | None = None


class Damaged(Struct, frozen=True):
    """A row that could not be read, and why."""

    line: int
    why: str


class Reading:
    """The result of reading a statement so far; complete after its last entry was taken."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.rows = 0
        self.entries = 0
        self.damaged: list[Damaged] = []
        self.warnings: list[str] = []
        self.passed: Counter[str] = Counter()
        """How many rows give nothing back, by their type."""
        self.since: Instant | None = None
        self.until: Instant | None = None
        self.damaged_rows = 0

    def add_damaged(self, line: int, why: str) -> None:
        """Count a row that cannot be read, and list it."""
        self.damaged_rows += 1
        if len(self.damaged) < MAX_DAMAGED_LISTED:
            self.damaged.append(Damaged(line, why))

    def cover(self, occurred_at: Instant) -> None:
        """Extend the time that the statement covers to this moment."""
        self.since = occurred_at if self.since is None else min(occurred_at, self.since)
        self.until = occurred_at if self.until is None else max(occurred_at, self.until)


class Row:
    """The fields of a row by the names that the format gives the columns; a column that is absent is empty."""

    def __init__(self, fields: Fields, places: dict[str, int]) -> None:
        self.fields = fields
        self.places = places

    def get(self, name: str) -> str:
        """The text of a field; empty if the column is absent."""
        place = self.places.get(name)
        return self.fields[place].strip() if place is not None and place < len(self.fields) else ""

    def need(self, name: str) -> str:
        """The text of a field; `BadRow` if it is empty."""
        text = self.get(name)
        if not text:
            raise BadRow(f"has no {name}")
        return text

    def id(self, name: str) -> str | None:
        """The id in a field; None if there is none."""
        return parse_id(self.get(name))


class Format(Protocol):
    """How the statements of one service are written. A new object is made for each statement."""

    provider: Provider

    def headings(self, line: str) -> Fields | None:
        """The names of the columns, if this line has them."""

    def places(self, headings: Fields) -> dict[str, int]:
        """The index of each column that is used; `Invalid` names the required ones that are missing."""

    def preamble(self, line: str, reading: Reading) -> None:
        """Read a line before the headings."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Determine from the whole statement how its numbers and dates are written."""

    def records(self, lines: Numbered) -> Records:
        """The rows after the headings; rows of totals are stored, not returned. None for a malformed row."""

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """The money that a row gives back; None if it gives nothing. `BadRow` if it cannot be read."""

    def check(self, reading: Reading) -> None:
        """Compare the statement's own totals with the rows that were read."""


def entries_of(form: Format, lines: Lines, reading: Reading) -> Iterator[Entry]:
    """The entries of a statement in order. A row that cannot be read is listed in `reading`, and reading goes on."""
    numbered = lines()
    places = _read_headings(form, numbered, reading)
    form.look_ahead(lines, places)
    for line, fields in form.records(numbered):
        reading.rows += 1
        try:
            if fields is None:
                raise BadRow("does not have as many fields as there are columns")
            entry = _check_coins(form.entry(Row(fields, places), reading))
        except BadRow as why:
            reading.add_damaged(line, str(why))
            continue
        if entry is not None:
            reading.entries += 1
            yield entry
    form.check(reading)


def _check_coins(entry: Entry | None) -> Entry | None:
    """The entry; `BadRow` if its amount cannot be paid in coins of its currency."""
    if entry is not None and not is_whole(entry.amount.value, entry.amount.currency):
        raise BadRow(f"{entry.amount.amount} {entry.amount.currency} cannot be paid in coins of that currency")
    return entry


def _read_headings(form: Format, numbered: Numbered, reading: Reading) -> dict[str, int]:
    """Read up to and including the headings: the index of each column. `Invalid` if there are no headings."""
    for _, line in islice(numbered, PREAMBLE):
        headings = form.headings(line) if line is not None else None
        if headings is not None:
            return form.places(headings)
        form.preamble(line or "", reading)
    raise invalid(
        "content",
        f"is not a known statement of {form.provider}: none of its first {PREAMBLE} lines names its columns",
    )


def find_columns(headings: Fields, names: dict[str, tuple[str, ...]], needed: tuple[str, ...]) -> dict[str, int]:
    """The index of each column, which may have any of its headings. `Invalid` lists all required ones that are
    missing."""
    indexes = {text.strip().casefold(): index for index, text in reversed(list(enumerate(headings)))}
    columns = {}
    for name, aliases in names.items():
        alias = next((alias.casefold() for alias in aliases if alias.casefold() in indexes), None)
        if alias is not None:
            columns[name] = indexes[alias]
    missing = [" or ".join(names[name]) for name in needed if name not in columns]
    if missing:
        raise invalid("content", f"has no column {', '.join(missing)}; it has {', '.join(headings)[:500]}")
    return columns


def check_total(reading: Reading, what: str, stated: str, read: object) -> None:
    """Add a warning if a total that the statement states is not the total of what was read."""
    try:
        agree = parse_amount(stated) == parse_amount(str(read))
    except BadRow:
        agree = False
    if not agree:
        reading.warnings.append(f"its totals say {what} {stated.strip()}, and {read} was read")
