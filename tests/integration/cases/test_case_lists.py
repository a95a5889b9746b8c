"""The lists of cases by status, assignee and customer: their pages, what earlier versions left in them, and how many
queries they take."""

import time
from typing import Any

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.cases import case_lists
from chalicelib.adapters.cases.case_lists import EMPTY_SECONDS
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.domain.kernel.enums import STATUSES, Status
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.ports.cases import StoredCase
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case

LISTS_AND_SHARDS = 3 * keys.SHARDS
FORMER_LISTS_AND_SHARDS = 3 * keys.SHARDS


def with_status(services: AwsServices, external_id: str, status: Status) -> StoredCase:
    stored = given_case(services, external_id)
    if status == "closed":
        stored = handle_command.set_status(services, command(stored), payloads.StatusChange(status="resolved"))
    change = payloads.StatusChange(status=status)
    return stored if status == "new" else handle_command.set_status(services, command(stored), change)


def leave_as_an_earlier_version_did(services: AwsServices, stored: StoredCase) -> None:
    """Put a case into the lists of its status in which earlier versions had it."""
    assert stored.case is not None
    case, shard = stored.case, keys.shard(stored.key)
    lists = {":status": keys.status_list("demo", case.status, shard)}
    changes = "SET #status_key = :status"
    if case.assignee:
        lists[":assignee"] = keys.assignee_list("demo", case.status, case.assignee)
        changes += ", #assignee_key = :assignee"
    services.table.update(keys.case(stored.key), "C", changes, lists)


def listed(services: AwsServices, status: Status | None, limit: int = 100) -> list[str]:
    """The keys of all cases with this status, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = services.cases.find("demo", status, None, None, limit, after)
        found += [stored.key for stored in page.items]
        after = page.next
        if after is None:
            return found
        assert len(page.items) == limit


def test_each_status_lists_its_own_cases_and_no_others(services: AwsServices) -> None:
    expected = {status: {with_status(services, f"{status}-{n}", status).key for n in range(2)} for status in STATUSES}
    assert {status: set(listed(services, status)) for status in STATUSES} == expected
    assert sorted(listed(services, None)) == sorted(key for cases in expected.values() for key in cases)


def test_the_open_cases_are_those_that_are_worked_on_each_read_once(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = {status: with_status(services, status, status) for status in STATUSES}
    leave_as_an_earlier_version_did(services, services.cases.load(stored["waiting_customer"].key))
    read: list[tuple[str, str]] = []
    get_many = Table.get_many

    def noting(table: Table, keys: list[tuple[str, str]], *more: Any) -> Any:
        read.extend(keys)
        return get_many(table, keys, *more)

    monkeypatch.setattr(Table, "get_many", noting)
    page = services.cases.open_cases("demo", 100, None)
    worked_on = sorted(stored[status].key for status in STATUSES if status not in ("resolved", "closed"))
    assert sorted(case.key for case in page.items) == worked_on
    assert page.next is None
    assert sorted(pk for pk, sort in read if sort == "C" and pk.startswith("CASE#")) == [
        keys.case(key) for key in worked_on
    ]


def test_a_page_is_full_however_few_of_the_list_have_its_status(services: AwsServices) -> None:
    waiting = [with_status(services, f"w-{n}", "waiting_customer").key for n in range(5)]
    for n in range(25):
        given_case(services, f"new-{n}")
    assert sorted(listed(services, "waiting_customer", limit=2)) == sorted(waiting)


def test_a_page_of_a_rare_status_reads_so_many_cases_at_most_and_its_cursor_goes_on(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = [with_status(services, "first", "waiting_customer").key]
    for n in range(6):
        given_case(services, f"new-{n}")
    rare.append(with_status(services, "last", "waiting_customer").key)
    monkeypatch.setattr(case_lists, "MAX_READ", 3)
    monkeypatch.setattr(case_lists, "MAX_KEYS", 3)
    found, sizes, after = list[str](), list[int](), None
    while not sizes or after is not None:
        page = services.cases.find("demo", "waiting_customer", None, None, 1, after)
        sizes.append(len(page.items))
        found += [stored.key for stored in page.items]
        after = page.next
    assert sorted(found) == sorted(rare)
    assert len(sizes) > 1
    assert 0 in sizes


def test_a_cursor_goes_on_where_it_was_although_the_page_before_has_changed(services: AwsServices) -> None:
    for n in range(6):
        given_case(services, f"web-{n}")
    first = services.cases.find("demo", "new", None, None, 3, None)
    for stored in first.items:
        handle_command.set_status(services, command(stored), payloads.StatusChange(status="open"))
    second = services.cases.find("demo", "new", None, None, 3, first.next)
    assert len(second.items) == 3
    assert not {stored.key for stored in first.items} & {stored.key for stored in second.items}


@pytest.mark.parametrize("status", STATUSES)
def test_a_case_that_an_earlier_version_listed_is_found_by_its_status(services: AwsServices, status: Status) -> None:
    stored = with_status(services, "old", status)
    leave_as_an_earlier_version_did(services, stored)
    assert listed(services, status) == listed(services, None) == [stored.key]


def test_a_case_that_an_earlier_version_listed_is_found_by_its_assignee(services: AwsServices) -> None:
    stored = handle_command.assign(services, command(given_case(services)), payloads.Assignment(assignee="mei"))
    leave_as_an_earlier_version_did(services, stored)
    for status in ("new", None):
        assert len(services.cases.find("demo", status, "mei", None, 5, None).items) == 1


def test_a_case_leaves_the_lists_of_earlier_versions_with_its_next_change(services: AwsServices) -> None:
    stored = given_case(services)
    leave_as_an_earlier_version_did(services, stored)
    handle_command.set_status(services, command(stored), payloads.StatusChange(status="waiting_internal"))
    item = services.table.get(keys.case(stored.key), "C")
    assert item is not None
    assert item["status_key"] == keys.status_list("demo", "open", keys.shard(stored.key))


def test_a_case_that_moves_while_the_lists_are_read_is_listed_once(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    query = Table.query

    def seen_twice(table: Table, partition: str, **more: Any) -> Any:
        yield from query(table, partition.replace("resolved", "open"), **more)

    monkeypatch.setattr(Table, "query", seen_twice)
    assert listed(services, None) == [stored.key]


def test_a_page_without_a_status_takes_a_query_for_each_list_and_shard(services: AwsServices) -> None:
    for n in range(30):
        given_case(services, f"web-{n}")
    listed(services, None)
    with counted_calls() as calls:
        services.cases.find("demo", None, None, None, 25, None)
    assert calls == {"query": LISTS_AND_SHARDS, "batch_get_item": 1}


def test_a_status_that_few_have_is_looked_for_a_hundred_cases_at_a_time(services: AwsServices) -> None:
    for n in range(110):
        given_case(services, f"web-{n}")
    listed(services, None)
    with counted_calls() as calls:
        assert services.cases.find("demo", "waiting_customer", None, None, 9, None).items == []
    assert calls["batch_get_item"] == 2  # ten cases for the page, and the hundred after them


def test_lists_of_earlier_versions_are_read_again_after_a_minute(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_case(services)
    listed(services, None)
    later = time.monotonic() + EMPTY_SECONDS + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    with counted_calls() as calls:
        listed(services, None)
    assert calls["query"] == LISTS_AND_SHARDS + FORMER_LISTS_AND_SHARDS


def test_a_list_of_an_earlier_version_that_has_cases_is_read_every_time(services: AwsServices) -> None:
    stored = given_case(services)
    leave_as_an_earlier_version_did(services, stored)
    listed(services, None)
    with counted_calls() as calls:
        assert listed(services, None) == [stored.key]
    assert calls["query"] == LISTS_AND_SHARDS + 1
