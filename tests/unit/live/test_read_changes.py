"""Reading a shop's changes feed by cursors."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS
from chalicelib.domain.live.feed import KEPT_MS, FeedRow
from chalicelib.usecases.live.read_changes import read_changes, start_of_page
from tests.fakes import NOON, FakeServices
from tests.support.cases.events import KEY


def with_rows(*times: int) -> FakeServices:
    services = FakeServices()
    for version, time in enumerate(times, 1):
        services.feed.add("demo", FeedRow(time, f"01M7VHRXG0{KEY}", version, "7KQ-4XP", "reply_sent"))
    return services


def versions(services: FakeServices, since: str | None, limit: int = 25) -> tuple[list[int], str]:
    page = read_changes(services, "demo", since, limit)
    assert not page.is_reset
    return [row.version for row in page.rows], page.next.text()


def test_who_brings_no_cursor_begins_now() -> None:
    services = with_rows(NOON - HOUR_MS, NOON - SECOND_MS)
    assert (first := versions(services, None))[0] == []
    assert versions(services, first[1])[0] == []


def test_there_is_always_a_next_cursor_and_it_gives_what_is_new() -> None:
    services = with_rows()
    _, cursor = versions(services, None)
    services.feed.add("demo", FeedRow(NOON + 5, f"01M7VHRXG0{KEY}", 7, "7KQ-4XP", "reply_sent"))
    services.time += SECOND_MS
    assert (second := versions(services, cursor))[0] == [7]
    assert versions(services, second[1])[0] == []
    assert versions(services, cursor)[0] == [7]


def test_a_page_that_was_read_from_the_table_misses_nothing_that_is_noted_afterwards() -> None:
    services = with_rows(NOON - SECOND_MS)
    assert versions(services, start_of_page(services))[0] == [1]


def test_pages_follow_each_other_to_the_end() -> None:
    services = with_rows(*(NOON + number for number in range(7)))
    services.time += SECOND_MS
    cursor, found = start_of_page(services), list[int]()
    for _ in range(4):
        page, cursor = versions(services, cursor, 2)
        found += page
    assert found == [1, 2, 3, 4, 5, 6, 7]


def test_who_was_away_longer_than_rows_are_kept_is_asked_to_load_again() -> None:
    services = with_rows(NOON)
    cursor = start_of_page(services)
    services.time += KEPT_MS + SECOND_MS
    page = read_changes(services, "demo", cursor, 25)
    assert (page.rows, page.is_reset) == ([], True)
    assert not read_changes(services, "demo", page.next.text(), 25).is_reset


def test_another_shops_changes_are_not_in_the_feed() -> None:
    services = with_rows(NOON)
    assert read_changes(services, "other", start_of_page(services), 25).rows == []


def test_a_text_that_is_no_cursor_is_refused_by_its_name() -> None:
    with pytest.raises(Invalid) as refused:
        read_changes(FakeServices(), "demo", "yesterday", 25)
    assert refused.value.errors[0][0] == "since"
