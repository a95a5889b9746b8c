"""The events of a case and of those merged into it, read together page by page."""

import pytest

from chalicelib.usecases.casework.read_timeline import TimelineEntry, conversation, read_timeline, timeline_before
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, reply
from tests.support.casework.cases import FIRST, SECOND, merge, run_intake, two_cases, write


@pytest.fixture
def services() -> FakeServices:
    """Two cases that were written on alternately, before and after one was merged into the other."""
    services = FakeServices()
    two_cases(services)
    for minute in range(10, 20):
        write(services, f"message {minute}", minute, ("web-1", "web-2")[minute % 2])
    merge(services)
    for minute in range(20, 30):
        write(services, f"message {minute}", minute, ("web-1", "web-2")[minute % 2])
    run_intake(services)
    reply(services, key=FIRST)
    return services


def pages(services: FakeServices, size: int, key: str = FIRST) -> list[TimelineEntry]:
    entries: list[TimelineEntry] = []
    after = None
    while True:
        page = read_timeline(services, services.cases.load(key), size, after)
        assert len(page.items) <= size
        entries += page.items
        after = page.next
        if after is None:
            return entries


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_every_message_is_shown_once_and_in_order_whatever_the_size_of_the_pages(
    services: FakeServices, size: int
) -> None:
    entries = pages(services, size)
    said = [getattr(entry.event.fact, "message", "") for entry in entries if entry.event.type == "message_received"]
    assert said == [f"message {minute}" for minute in range(10, 30)]
    assert [entry.event.type for entry in entries].count("case_opened") == 2
    assert [entry.place for entry in entries] == sorted({entry.place for entry in entries})


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_read_backwards_it_is_the_same(services: FakeServices, size: int) -> None:
    backwards: list[TimelineEntry] = []
    before = None
    while True:
        page = timeline_before(services, services.cases.load(FIRST), size, before)
        assert len(page.items) <= size
        backwards = page.items + backwards
        before = page.next
        if before is None:
            break
    assert [entry.place for entry in backwards] == [entry.place for entry in pages(services, 100)]


def test_an_entry_names_the_case_on_which_it_happened(services: FakeServices) -> None:
    numbers = {getattr(entry.event.fact, "message", ""): entry.case.id for entry in pages(services, 100)}
    assert numbers["message 21"] == case_in(services, SECOND).id
    assert numbers["message 22"] == case_in(services, FIRST).id


def test_a_merged_case_shows_its_own_events_alone(services: FakeServices) -> None:
    assert {entry.case.id for entry in pages(services, 3, SECOND)} == {case_in(services, SECOND).id}


def test_the_whole_conversation_has_the_same_events(services: FakeServices) -> None:
    whole = conversation(services, services.cases.load(FIRST))
    assert {event.id for event in whole} == {entry.event.id for entry in pages(services, 100)}
    assert [event.at for event in whole] == sorted(event.at for event in whole)


def test_a_message_that_was_passed_on_has_the_id_by_which_it_can_be_taken_out_again(services: FakeServices) -> None:
    entries = timeline_before(services, services.cases.load(FIRST), 100, None).items
    copies = {entry.event.fact.message: entry.copy for entry in entries if entry.event.type == "message_received"}
    passed_on = {f"message {minute}" for minute in range(21, 30, 2)}
    assert {said for said, copy in copies.items() if copy} == passed_on
    own = {event.id for event in services.cases.events(FIRST)}
    assert {copies[said] for said in passed_on} <= own
