"""The audit finds what does not agree with its events, and finds nothing otherwise."""

import msgspec

from chalicelib.adapters.aws.keys import case as case_pk
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case import Case
from chalicelib.usecases.cases.audit_case import audit_case
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
