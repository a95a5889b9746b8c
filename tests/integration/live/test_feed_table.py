"""The changes feed in the table, as the template declares it."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.domain.live.feed import FeedRow, cursor_at
from chalicelib.usecases.live.read_changes import read_changes
from tests.support.moto.tables import given_case, items

NOW = 1_795_132_800_000
CASE = new_id(NOW, "A" * 16)


def row(noted_at: int, version: int = 1) -> FeedRow:
    return FeedRow(noted_at, CASE, version, "7KQ-4XP", "reply_sent")


def test_rows_come_in_the_order_in_which_they_were_noted_from_a_place_on(services: AwsServices) -> None:
    rows = [row(NOW + number * SECOND_MS, number) for number in range(5)]
    for each in reversed(rows):
        services.feed.add("demo", each)
    services.feed.add("other", row(NOW, 9))
    assert list(services.feed.rows("demo", f"{NOW:013d}", 2)) == rows
    assert list(services.feed.rows("demo", rows[2].sort, 2)) == rows[3:]


def test_a_row_expires_after_its_day_and_holds_no_words(services: AwsServices) -> None:
    services.feed.add("demo", row(NOW))
    (item,) = items(services, "FEED#demo")
    assert item["ttl"] * SECOND_MS > NOW + DAY_MS
    assert set(item) == {"pk", "sk", "case", "number", "version", "what", "ttl"}


def test_a_nudge_is_requested_once_for_a_shop_and_second(services: AwsServices) -> None:
    others = AwsServices()
    for process in (services, others, services):
        process.feed.request_nudge("demo", NOW)
    services.feed.request_nudge("demo", NOW + SECOND_MS)
    assert [item["sk"] for item in items(services, "NUDGE#demo")] == [f"{NOW:013d}", f"{NOW + SECOND_MS:013d}"]
    assert {item["relay"] for item in items(services, "NUDGE#demo")} == {"live"}


def test_the_version_of_a_case_is_read_without_the_key_of_its_customer(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    monkeypatch.setattr(AwsServices, "vault", property(lambda _: pytest.fail("a key was needed")))
    version = AwsServices().feed.newest_version(stored.key)
    assert stored.case is not None
    assert version is not None
    assert (version.shop, version.case, version.number, version.version) == (
        "demo",
        stored.case.id,
        stored.case.number,
        1,
    )
    assert services.feed.newest_version("0" * 16) is None


def test_a_reader_pages_through_the_feed(services: AwsServices) -> None:
    now = services.now()
    for number in range(1, 8):
        services.feed.add("demo", row(now - 100 + number, number))
    cursor, found = cursor_at(now).text(), list[int]()
    for _ in range(4):
        page = read_changes(services, "demo", cursor, 2)
        cursor = page.next.text()
        found += [each.version for each in page.rows]
    assert found == list(range(1, 8))
