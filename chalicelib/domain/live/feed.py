"""The changes feed of a shop: which cases have changed, in the order in which that was noted. It says that a case has
changed and never how: who reads it loads the case.

Rows are sorted by the time at which they were noted, so a row that a slow worker notes, or one whose clock is behind,
may come to stand before rows that were read already. Therefore each reading goes back by `OVERLAP_MS`, and its cursor
remembers which rows of this time it has given.
"""

import base64
import re
from collections.abc import Iterable
from zlib import crc32

from msgspec import Struct

from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant

KEPT_MS = DAY_MS
"""How long rows are kept. Who has read nothing for longer has to load its lists again."""
OVERLAP_MS = 10 * SECOND_MS
"""How far a row may lie behind the newest one when it is stored. A worker that took longer notes its row again."""
REMEMBERED = 40
"""How many of the rows that it has given a cursor remembers; if there were more, some are given again."""
_MARK_BYTES = 4
_CURSOR = re.compile(r"([0-9]{13}(?:~[0-9A-Z]{16}~[0-9]{1,9})?)\.([A-Za-z0-9_-]{0,216})(?:\.([0-9]{13}))?")


class FeedRow(Struct, frozen=True):
    """A case has changed. `at`: when this was noted; `what`: the type of the event that was stored last by then."""

    at: Instant
    case: str
    version: int
    number: str
    what: str

    @property
    def sort(self) -> str:
        """The text by which rows are sorted."""
        return f"{self.at:013d}#{key_of_id(self.case)}#{self.version}"

    @property
    def mark(self) -> int:
        """A short name of this version of this case, the same whenever it was noted."""
        return crc32(f"{self.case}#{self.version}".encode())


class Cursor(Struct, frozen=True):
    """How far the feed was read. Rows behind `after`, a sort key or its beginning, come next, without those whose marks
    are in `given`. `back`: while pages are read, the time to which the reading goes back after the last page, because
    rows may have been stored meanwhile before those that were given."""

    after: str
    given: tuple[int, ...] = ()
    back: str = ""

    @property
    def at(self) -> Instant:
        """The time from which rows come next."""
        return int(self.after[:13])

    def text(self) -> str:
        """The cursor as clients get it."""
        marks = b"".join(mark.to_bytes(_MARK_BYTES, "big") for mark in self.given)
        text = f"{self.after.replace('#', '~')}.{base64.urlsafe_b64encode(marks).decode().rstrip('=')}"
        return f"{text}.{self.back}" if self.back else text


class FeedPage(Struct, frozen=True):
    """Rows that are new to a reader, and the cursor of the next reading. `is_reset`: rows since the cursor may be gone,
    so the reader has to load its lists again."""

    rows: list[FeedRow]
    next: Cursor
    is_reset: bool = False


def read_cursor(text: str) -> Cursor:
    """The cursor of a text that `Cursor.text` gave. ValueError if it is none."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise ValueError("is not a cursor of this feed")
    after, encoded, back = match.groups(default="")
    marks = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    given = (marks[start : start + _MARK_BYTES] for start in range(0, len(marks), _MARK_BYTES))
    return Cursor(after.replace("~", "#"), tuple(int.from_bytes(mark, "big") for mark in given), back)


def cursor_at(now: Instant) -> Cursor:
    """The cursor for who knows the shop as it is now. Changes of the last seconds come again, because they may have
    been noted only just now."""
    return Cursor(f"{max(now - OVERLAP_MS, 0):013d}")


def is_outdated(cursor: Cursor, now: Instant) -> bool:
    """Whether rows since this cursor may be gone."""
    return cursor.at < now - KEPT_MS


def page_of(rows: Iterable[FeedRow], cursor: Cursor, limit: int, now: Instant) -> FeedPage:
    """The rows that are new to a reader, `limit` at most. `rows`: those behind the cursor, in order; they are read only
    as far as needed."""
    floor = cursor_at(now)
    back = cursor.back or floor.after
    given, page, recent = set(cursor.given), list[FeedRow](), list[int]()
    for row in rows:
        if row.mark not in given:
            if len(page) == limit:
                return FeedPage(page, Cursor(page[-1].sort, _newest(*cursor.given, *recent), back))
            given.add(row.mark)
            page.append(row)
        if row.at >= int(back):
            recent.append(row.mark)
    return FeedPage(page, Cursor(back, _newest(*cursor.given, *recent)))


def _newest(*marks: int) -> tuple[int, ...]:
    """The last marks, each once."""
    return tuple(dict.fromkeys(reversed(marks)))[:REMEMBERED][::-1]


def event_type(order: str, facts: Iterable[type[Fact]]) -> str:
    """The type of the event with this order, which has the rank of its fact; so the event need not be read."""
    rank = int(order.split("#")[1][:2]) if "#" in order else None
    kind = next((kind for kind in facts if kind.rank == rank), None) if rank is not None else None
    return str(kind.__struct_config__.tag) if kind is not None else "case_opened"
