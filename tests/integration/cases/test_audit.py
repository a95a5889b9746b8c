"""The audit finds what does not agree with its events, and finds nothing otherwise."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.aws.keys import case as case_pk
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case import Case
from chalicelib.usecases.cases.audit_case import audit_case
from infra.operate.audit import audit
from tests.support.moto.tables import given_case


def audited(services: AwsServices) -> list[list[str]]:
    return [audit_case(services, stored) for stored in services.cases.everything()]


def test_cases_as_they_were_written_agree(services: AwsServices) -> None:
    for number in range(3):
        given_case(services, f"web-{number}", type="return")
    assert audited(services) == [[], [], []]


def test_a_state_that_was_tampered_with_is_found(services: AwsServices) -> None:
    stored = given_case(services)
    item = services.table.get(case_pk(stored.key), "C") or {}
    other = msgspec.structs.replace(msgspec.json.decode(item["state"], type=Case), tier=2)
    services.table.put({**item, "state": msgspec.json.encode(other).decode()})
    assert audited(services) == [["tier is not what the events give"]]


def test_a_case_whose_timer_is_missing_is_found(services: AwsServices) -> None:
    stored = given_case(services)
    item = services.table.get(case_pk(stored.key), "C") or {}
    services.table.put({**item, "armed": None})
    (found,) = audited(services)
    assert found[0].startswith("no timer is set")


def test_events_that_are_missing_are_found(services: AwsServices) -> None:
    stored = given_case(services)
    item = services.table.get(case_pk(stored.key), "C") or {}
    services.table.put({**item, "version": 2})
    assert audited(services) == [["it is at version 2 and has 1 events"]]


def test_parts_of_the_cases_are_together_all_cases_each_once(services: AwsServices) -> None:
    expected = sorted(given_case(services, f"web-{number}").key for number in range(7))
    parts = [services.cases.everything(segment=segment, segments=3) for segment in range(3)]
    assert sorted(stored.key for part in parts for stored in part) == expected
    assert sorted(stored.key for stored in services.cases.everything("demo")) == expected
    assert list(services.cases.everything("dem")) == []


def test_the_command_audits_all_cases_and_names_the_one_that_differs(
    services: AwsServices, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = [given_case(services, f"web-{number}") for number in range(3)][1]
    item = services.table.get(case_pk(stored.key), "C") or {}
    services.table.put({**item, "version": 2})
    assert audit("demo") == 1
    printed = capsys.readouterr().out
    assert "it is at version 2 and has 1 events" in printed.replace("\n", " ")
    assert "3 cases audited, 1 do not agree" in printed


def test_states_are_found_in_an_index_without_reading_events(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        given_case(services, f"web-{number}")
    scan = services.table.scan
    scanned: list[Item] = []

    def note(*arguments: Any) -> Iterator[Item]:
        items = list(scan(*arguments))
        scanned.extend(items)
        return iter(items)

    monkeypatch.setattr(services.table, "scan", note)
    assert len(list(services.cases.everything())) == 3
    assert {item["sk"] for item in scanned} == {"C"}
