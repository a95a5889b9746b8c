"""Reading the changes feed: nothing is missed, and nothing is given twice, whatever workers and clocks do."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS
from chalicelib.domain.live.feed import (
    KEPT_MS,
    OVERLAP_MS,
    REMEMBERED,
    Cursor,
    FeedRow,
    cursor_at,
    event_type,
    is_outdated,
    page_of,
    read_cursor,
)
from chalicelib.registries import Registries
from tests.fakes import NOON
from tests.support.cases.events import opened

KEYS = [f"{number:016d}" for number in range(6)]


def row(noted_at: int, version: int, key: str = KEYS[0]) -> FeedRow:
    return FeedRow(noted_at, new_id(NOON, key), version, "7KQ-4XP", "reply_sent")


class Feed:
    """A feed that others write, with the times at which their rows become visible."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, FeedRow]] = []

    def behind(self, cursor: Cursor, now: int) -> Iterator[FeedRow]:
        visible = [row for seen_at, row in self.rows if seen_at <= now and row.sort > cursor.after]
        return iter(sorted(visible, key=lambda row: row.sort))


WRITES = st.lists(
    st.tuples(
        st.integers(0, 60_000),  # when it is noted, by a right clock
        st.integers(-3_000, 3_000),  # how wrong the worker's clock is
        st.integers(0, OVERLAP_MS - 3_001),  # how long storing takes
        st.sampled_from(KEYS),
    ),
    max_size=REMEMBERED,
)


@given(writes=WRITES, pauses=st.lists(st.integers(1, 20_000), min_size=1, max_size=12), limit=st.integers(1, 100))
def test_a_reader_gets_every_change_once_however_late_its_row_is_and_however_wrong_a_clock(
    writes: list[tuple[int, int, int, str]], pauses: list[int], limit: int
) -> None:
    feed = Feed()
    for version, (time, skew, delay, key) in enumerate(writes, 1):
        feed.rows.append((NOON + time + delay, row(NOON + time + skew, version, key)))
    now, cursor, given_rows = NOON, cursor_at(NOON - OVERLAP_MS), list[FeedRow]()
    for pause in [*pauses, 90_000, *[1] * 2 * (len(writes) + 1)]:
        now += pause
        page = page_of(feed.behind(cursor, now), cursor, limit, now)
        given_rows += page.rows
        assert len(page.rows) <= limit
        cursor = read_cursor(page.next.text())
    marks = [each.mark for each in given_rows]
    assert sorted(marks) == sorted(each.mark for _, each in feed.rows)


@given(count=st.integers(0, 300), limit=st.integers(1, 100))
def test_a_burst_is_read_page_by_page_to_its_end(count: int, limit: int) -> None:
    feed = Feed()
    feed.rows = [(NOON, row(NOON + number % 7, number)) for number in range(1, count + 1)]
    cursor, versions, now = cursor_at(NOON), set[int](), NOON + 100
    while True:
        page = page_of(feed.behind(cursor, now), cursor, limit, now)
        new = {each.version for each in page.rows} - versions
        versions |= new
        cursor = page.next
        if not new:
            break
    assert versions == set(range(1, count + 1))


def test_a_change_that_was_noted_twice_is_given_once() -> None:
    rows = [row(NOON, 2), row(NOON + 400, 2), row(NOON + 500, 3)]
    page = page_of(rows, cursor_at(NOON), 25, NOON + SECOND_MS)
    assert [each.version for each in page.rows] == [2, 3]
    again = page_of(rows, page.next, 25, NOON + 2 * SECOND_MS)
    assert again.rows == []


def test_what_is_more_than_a_cursor_remembers_is_given_again_and_not_left_out() -> None:
    rows = [row(NOON + number, number) for number in range(1, REMEMBERED + 11)]
    page = page_of(rows, cursor_at(NOON), 100, NOON + SECOND_MS)
    assert len(page.rows) == REMEMBERED + 10
    again = page_of(rows, page.next, 100, NOON + SECOND_MS)
    assert [each.version for each in again.rows] == list(range(1, 11))


def test_a_cursor_fits_into_a_query_and_needs_no_encoding() -> None:
    longest = Cursor(row(NOON, 999_999_999).sort, tuple(range(2**32 - REMEMBERED, 2**32)), f"{NOON:013d}")
    text = longest.text()
    assert len(text) <= 400
    assert read_cursor(text) == longest
    assert not set(text) - set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~")


@pytest.mark.parametrize("text", ["", "x", "123.", f"{NOON}", f"{NOON}.%", f"{NOON}~K~1.", f"{NOON}." + "A" * 217])
def test_another_text_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        read_cursor(text)


@given(st.text())
def test_no_text_breaks_reading_it(text: str) -> None:
    with suppress(ValueError):
        assert read_cursor(text).text()


def test_a_cursor_is_outdated_when_rows_behind_it_may_be_gone() -> None:
    assert not is_outdated(cursor_at(NOON), NOON + KEPT_MS - HOUR_MS)
    assert is_outdated(cursor_at(NOON), NOON + KEPT_MS)


@pytest.mark.parametrize("kind", Registries().facts, ids=lambda kind: kind.__name__)
def test_the_order_of_an_event_says_its_type(kind: type) -> None:
    facts = Registries().facts
    if kind.__name__ == "CaseOpened":
        assert event_type(opened().order, facts) == "case_opened"
        return
    order = f"{NOON:013d}#{kind.rank:02d}#{'K' * 16}"  # type: ignore[attr-defined]
    assert event_type(order, facts) == kind.__struct_config__.tag  # type: ignore[attr-defined]


def test_the_type_of_a_real_event_is_read_from_its_order() -> None:
    event = Event(id=new_id(NOON, KEYS[1]), at=NOON, by=Actor("agent", "mei"), fact=NoteAdded(message="?"))
    assert event_type(event.order, Registries().facts) == event.type
