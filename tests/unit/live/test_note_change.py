"""Noting changes: once for each version, whatever comes twice, late or to pages that are gone."""

import json
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.live.presence import Socket
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.live import note_change as noting
from chalicelib.usecases.live.note_change import note_change
from chalicelib.usecases.live.nudge_pages import MOST_ROWS, nudge_of_second, nudge_pages
from chalicelib.usecases.live.read_changes import read_changes, start_of_page
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import KEY, happened, opened

QUESTION = opened(kind="question", claim=None)


def opened_case(*pages: str) -> FakeServices:
    services = FakeServices()
    append_events(services, SHOP, KEY, lambda _: [QUESTION])
    for page in pages:
        services.sockets.add(Socket(page, "demo", page, NOON + 10**7))
    return services


def frames(services: FakeServices) -> list[tuple[str, Any]]:
    return [(connection, json.loads(text)) for connection, text in services.socket_sender.sent]


def note(services: FakeServices, message: str, minutes: float) -> str:
    event = happened(minutes, facts.NoteAdded(message=message))
    append_events(services, SHOP, KEY, lambda _: [event])
    return event.order


def test_a_change_is_noted_and_every_open_page_of_the_shop_gets_it_without_any_words() -> None:
    services = opened_case("mei", "li")
    services.sockets.add(Socket("elsewhere", "other", "bo", NOON + 10**7))
    assert note_change(services, KEY, "0") == "noted, 2 nudged"
    case = services.cases.load(KEY).case
    assert case is not None
    row = {"case": case.id, "version": 1, "number": case.number, "what": "case_opened"}
    assert frames(services) == [("mei", {"changed": [row]}), ("li", {"changed": [row]})]


def test_a_message_that_comes_again_notes_and_sends_nothing() -> None:
    services = opened_case("mei")
    note_change(services, KEY, "0")
    assert note_change(services, KEY, "0") == "noted before"
    assert len(services.feed.stored) == len(services.socket_sender.sent) == 1


def test_messages_of_several_changes_that_come_late_and_in_any_order_note_the_newest_version() -> None:
    services = opened_case("mei")
    first, second = note(services, "one", 1), note(services, "two", 2)
    assert [note_change(services, KEY, order) for order in (second, "0", first)][1:] == ["noted before"] * 2
    assert [row.version for row in services.feed.stored.values()] == [3]


def test_changes_in_a_row_ask_for_one_nudge_that_names_them_all() -> None:
    services = opened_case("mei")
    note_change(services, KEY, "0")
    for number in range(3):
        services.time += 100
        note_change(services, KEY, note(services, str(number), number + 1))
    assert services.feed.nudges == [("demo", NOON + 2 * SECOND_MS)]
    services.socket_sender.sent.clear()
    services.time = NOON + 2 * SECOND_MS
    assert nudge_of_second(services, "demo", services.time) == 1
    ((_, frame),) = frames(services)
    assert [row["version"] for row in frame["changed"]] == [1, 2, 3, 4]


def test_a_page_that_is_gone_is_removed_and_the_others_get_the_change() -> None:
    services = opened_case("dead", "mei")
    services.socket_sender.gone = {"dead"}
    note_change(services, KEY, "0")
    assert list(services.sockets.open) == ["mei"]
    assert [connection for connection, _ in frames(services)] == ["mei"]


def test_a_shop_without_open_pages_is_sent_nothing() -> None:
    services = opened_case()
    assert note_change(services, KEY, "0") == "noted"
    services.time += 100
    assert note_change(services, KEY, note(services, "?", 1)) == "noted"
    assert (frames(services), services.feed.nudges) == ([], [])


def test_a_page_whose_time_is_over_gets_nothing() -> None:
    services = opened_case()
    services.sockets.add(Socket("old", "demo", "mei", NOON - 1))
    note_change(services, KEY, "0")
    assert frames(services) == []


def test_a_case_that_is_not_there_is_not_noted() -> None:
    services = FakeServices()
    assert note_change(services, KEY, "0") is None
    assert services.feed.stored == {}


def test_a_row_that_took_long_to_store_is_noted_again_where_readers_have_not_been() -> None:
    services = opened_case()
    cursor = start_of_page(services)
    add = services.feed.add

    def slow(shop: str, row: Any) -> None:
        services.time += noting.SLOW_MS + 1
        add(shop, row)

    services.feed.add = slow  # type: ignore[method-assign]
    note_change(services, KEY, "0")
    assert sorted(row.at for row in services.feed.stored.values()) == [NOON, NOON + noting.SLOW_MS + 1]
    assert [row.version for row in read_changes(services, "demo", cursor, 25).rows] == [1]


def test_more_changes_than_a_frame_holds_send_the_pages_to_the_feed() -> None:
    services = opened_case("mei")
    note_change(services, KEY, "0")
    (row,) = services.feed.stored.values()
    services.socket_sender.sent.clear()
    nudge_pages(services, ["mei"], [replace(row, version=number) for number in range(MOST_ROWS + 1)])
    assert frames(services) == [("mei", {"poll": True})]
