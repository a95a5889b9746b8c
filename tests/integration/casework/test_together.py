"""Several cases change in one transaction of the table, or none does."""

from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.payloads import LinkChange, MergeInto, Unmerge
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.casework import merge_cases
from chalicelib.usecases.casework.link_cases import change_links
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord, StoredCase
from chalicelib.usecases.routing import manage_agents
from tests.support.moto.tables import command, given_case

pytestmark = pytest.mark.usefixtures("either_client")


def case_of(services: AwsServices, stored: StoredCase) -> Case:
    case = services.cases.load(stored.key).case
    assert case is not None
    return case


def merge(services: AwsServices, source: StoredCase, target: StoredCase, **more: Any) -> None:
    merge_cases.merge(services, command(source, **more), MergeInto(into=case_of(services, target).id))


def unmerge(services: AwsServices, source: StoredCase, target: StoredCase) -> None:
    merge_cases.unmerge(services, command(target), Unmerge(case=case_of(services, source).id))


def audited(services: AwsServices, *rows: StoredCase) -> list[str]:
    return [fault for row in rows for fault in audit_case(services, services.cases.load(row.key))]


def test_a_merge_and_its_undoing_are_one_write_each_and_the_lists_follow(services: AwsServices) -> None:
    first, second = given_case(services, "web-1"), given_case(services, "web-2")
    merge(services, second, first)
    assert [row.key for row in services.cases.open_cases("demo", 10, None).items] == [first.key]
    closed = services.cases.find("demo", "closed", None, None, 10, None).items
    assert [row.key for row in closed] == [second.key]
    assert audited(services, first, second) == []
    unmerge(services, second, first)
    assert {row.key for row in services.cases.open_cases("demo", 10, None).items} == {first.key, second.key}
    assert case_of(services, second) == second.case
    assert audited(services, first, second) == []


@pytest.mark.parametrize("written", ["web-1", "web-2"])
def test_if_either_case_was_changed_meanwhile_neither_is_written_and_both_are_read_again(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    rows = {name: given_case(services, name) for name in ("web-1", "web-2")}
    commit, raced = services.cases.commit_together, list[str]()

    def race(changes: Any) -> None:
        if len(changes) > 1 and not raced:
            raced.append(written)
            write_reply.write(services, command(rows[written]), payloads.Message(body="faster"))
            versions = [services.cases.load(row.key).version for row in rows.values()]
            try:
                commit(changes)
            finally:
                assert [services.cases.load(row.key).version for row in rows.values()] == versions
        else:
            commit(changes)

    monkeypatch.setattr(services.cases, "commit_together", race)
    merge(services, rows["web-2"], rows["web-1"])
    assert raced == [written]
    assert case_of(services, rows["web-2"]).merged_into == case_of(services, rows["web-1"]).id
    assert audited(services, *rows.values()) == []


def test_two_cases_that_are_merged_into_each_other_at_once_are_not_both_gone(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = given_case(services, "web-1"), given_case(services, "web-2")
    commit, raced = services.cases.commit_together, list[str]()

    def race(changes: Any) -> None:
        if not raced:
            raced.append("first")
            merge(services, first, second)
        commit(changes)

    monkeypatch.setattr(services.cases, "commit_together", race)
    with pytest.raises(Conflict, match="merged into"):
        merge(services, second, first)
    assert case_of(services, first).merged_into == case_of(services, second).id
    assert case_of(services, second).merged_into is None


def test_a_transaction_that_is_not_answered_is_not_repeated_when_the_request_comes_again(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = given_case(services, "web-1"), given_case(services, "web-2")
    record, transact = IdempotencyRecord("key", "digest"), services.table.transact

    def lost(writes: Any) -> None:
        transact(writes)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services.table, "transact", lost)
        with pytest.raises(KeyboardInterrupt):
            merge(services, second, first, idempotency=record)
    assert services.cases.answered("key") == IdempotencyRecord("key", "digest", case_of(services, second).id, 2)
    unmerge(services, second, first)
    with pytest.raises(AlreadyAnswered):
        merge(services, second, first, idempotency=record)
    assert case_of(services, second).merged_into is None


def test_a_merged_case_counts_towards_nobodys_load(services: AwsServices) -> None:
    manage_agents.put_agent(services, "demo", "mei", AgentIn(capacity=5))
    manage_agents.set_presence(services, "demo", "mei", "here")
    first, second = given_case(services, "web-1"), given_case(services, "web-2")
    for row in (first, second):
        handle_command.assign(services, command(row), payloads.Assignment(assignee="mei"))
    merge(services, second, first)
    status = services.agents.status("demo", "mei")
    assert status is not None
    assert status.load == 1
    unmerge(services, second, first)
    assert case_of(services, second).routing.held_by is None
    assert case_of(services, second).assignee == "mei"
    assert audited(services, first, second) == []


def test_ten_links_are_one_transaction(services: AwsServices) -> None:
    rows = [given_case(services, f"web-{number}") for number in range(11)]
    ids = tuple(case_of(services, row).id for row in rows)
    change_links(services, command(rows[0]), LinkChange(add=ids[1:]))
    assert case_of(services, rows[0]).links == ids[1:]
    assert {case_of(services, row).links for row in rows[1:]} == {ids[:1]}
    assert audited(services, *rows) == []
