"""The number of shards can be raised: what was written before is found, as is what is written from then on."""

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.cases import handle_command
from tests.support.moto.tables import given_case


def listed(services: AwsServices, status: str) -> list[str]:
    return sorted(stored.key for stored in services.cases.find("demo", status, None, None, 100, None).items)  # type: ignore[arg-type]


def test_cases_of_before_stay_listed_once_and_leave_their_list_when_they_change(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [given_case(services, f"before-{number}") for number in range(6)]
    monkeypatch.setattr(keys, "SHARDS", 4 * keys.SHARDS)
    after = [given_case(services, f"after-{number}") for number in range(6)]
    assert listed(services, "new") == sorted(stored.key for stored in [*before, *after])
    for stored in before:
        assert stored.case is not None
        command = handle_command.Command(case=stored.case.id, shop="demo", by=Actor("agent", "mei"))
        handle_command.set_status(services, command, StatusChange("resolved"))
    assert listed(services, "new") == sorted(stored.key for stored in after)
    assert listed(services, "resolved") == sorted(stored.key for stored in before)


def test_timers_of_before_are_sent(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    minute = services.now() // MINUTE_MS * MINUTE_MS - MINUTE_MS
    for shards in (keys.SHARDS, 4 * keys.SHARDS):
        monkeypatch.setattr(keys, "SHARDS", shards)
        items = [timer_item(f"{shards}{number:014d}", Timer(minute, "clock"), minute) for number in range(9)]
        services.table.write_many(items)
    assert services.timers.hand_over(minute, minute + MINUTE_MS) == 18
