"""A case is put off until a time, or until something happens."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.casework.facts import SnoozeEnded
from chalicelib.domain.casework.parts import is_snoozed, snooze_of
from chalicelib.domain.casework.payloads import SnoozeUntil, Unsnooze
from chalicelib.domain.casework.snoozing import clocks_that_break, snooze_end
from chalicelib.domain.flows.payloads import MoveIn, TaskIn, TaskResult
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, to_datetime
from chalicelib.usecases.aftersales import handle_tasks
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.casework import snooze_case
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import case_in, change_status, command, reply
from tests.support.cases.webhooks import KEY, about, request
from tests.support.casework.cases import faults, write


@pytest.fixture
def services() -> FakeServices:
    services = FakeServices()
    services.hook("case.requested", request(type="question"))
    reply(services)
    return services


def snooze(services: FakeServices, hours: float | None = None, **more: Any) -> None:
    until = to_datetime(services.time) + timedelta(hours=hours) if hours is not None else None
    snooze_case.snooze(services, command(services), SnoozeUntil(until=until, **more))


def ends(services: FakeServices) -> list[str]:
    return [event.fact.why for event in services.cases.events(KEY) if isinstance(event.fact, SnoozeEnded)]


def test_a_snooze_ends_at_its_time_and_not_before(services: FakeServices) -> None:
    snooze(services, 2)
    services.time += HOUR_MS
    run_due_timers(services, KEY)
    assert is_snoozed(case_in(services))
    services.time += HOUR_MS
    run_due_timers(services, KEY)
    run_due_timers(services, KEY)
    assert not is_snoozed(case_in(services))
    assert ends(services) == ["time"]
    assert faults(services) == []


def test_the_timer_of_a_snooze_is_set(services: FakeServices) -> None:
    snooze(services, 2)
    assert min(timer.at for _, timer in services.cases.timers) <= services.time + 2 * HOUR_MS


@pytest.mark.parametrize("waits", [{"hours": 48}, {"event": "parcel_scanned"}, {"event": "customer_message"}])
def test_a_message_of_the_customer_ends_any_snooze(services: FakeServices, waits: dict[str, Any]) -> None:
    snooze(services, **waits)
    write(services, "hello?", 30)
    assert not is_snoozed(case_in(services))
    assert ends(services) == ["customer_message"]
    assert faults(services) == []


def test_a_message_that_was_written_before_the_snooze_and_comes_later_ends_it_too(services: FakeServices) -> None:
    services.time += HOUR_MS
    snooze(services, 48)
    write(services, "hello?", 30)
    assert ends(services) == ["customer_message"]
    assert not is_snoozed(case_in(services))
    assert faults(services) == []


def test_the_same_message_twice_ends_it_once_and_not_the_next_snooze(services: FakeServices) -> None:
    snooze(services, 48)
    write(services, "hello?", 30)
    services.time += HOUR_MS
    snooze(services, 48)
    services.hook("message.received", about(30, author="customer", message="hello?"))
    assert is_snoozed(case_in(services))
    assert ends(services) == ["customer_message"]


def test_it_ends_at_the_event_that_it_waits_for(services: FakeServices) -> None:
    snooze(services, event="task_done")
    handle_tasks.open_task(services, command(services), TaskIn(department="quality", title="check"))
    assert is_snoozed(case_in(services))
    task = case_in(services).tasks[0].id
    handle_tasks.finish_task(services, command(services), task, TaskResult())
    assert ends(services) == ["task_done"]


def test_it_ends_when_the_parcel_is_scanned() -> None:
    services = FakeServices()
    services.hook("case.requested", request())
    transition_flow(services, command(services), "approve", MoveIn())
    snooze(services, event="parcel_scanned")
    services.hook("shipment.scanned", about(30, tracking="SF1"))
    assert ends(services) == ["parcel_scanned"]


def test_a_broken_promise_ends_it_since_the_case_is_escalated() -> None:
    services = FakeServices()
    services.hook("case.requested", request(type="question"))
    snooze(services, 72)
    services.time = NOON + DAY_MS
    run_due_timers(services, KEY)
    assert ends(services) == ["escalated"]


def test_a_case_that_is_done_is_not_snoozed_and_not_when_it_is_reopened(services: FakeServices) -> None:
    snooze(services, 48)
    change_status(services, "resolved")
    assert not is_snoozed(case_in(services))
    change_status(services, "open")
    assert not is_snoozed(case_in(services))
    assert faults(services) == []


def test_it_is_ended_by_hand_once(services: FakeServices) -> None:
    snooze(services, event="refund_completed")
    for _ in range(2):
        snooze_case.unsnooze(services, command(services), Unsnooze())
    assert ends(services) == ["by_hand"]


def test_clocks_go_on_and_the_promises_that_break_before_the_end_are_named() -> None:
    services = FakeServices()
    services.hook("case.requested", request(type="question"))
    clocks = case_in(services).clocks
    snooze(services, 48)
    case = case_in(services)
    snoozed = snooze_of(case)
    assert snoozed is not None
    assert case.clocks == clocks
    assert [clock.name for clock in clocks_that_break(case, snoozed)] == ["first_reply"]
    snooze(services, event="parcel_scanned")
    snoozed = snooze_of(case_in(services))
    assert snoozed is not None
    assert {clock.name for clock in clocks_that_break(case, snoozed)} == {"first_reply", "resolution"}


def test_a_snooze_that_waits_for_nothing_or_for_a_time_that_is_over_is_refused(services: FakeServices) -> None:
    for wrong in ({}, {"hours": -1}, {"hours": 367 * 24}):
        with pytest.raises(Invalid):
            snooze(services, **wrong)
    change_status(services, "resolved")
    with pytest.raises(Conflict, match="nothing to put off"):
        snooze(services, 1)


def test_history_is_not_snoozed() -> None:
    services = FakeServices()
    services.hook("case.requested", request(type="question", historical=True))
    with pytest.raises(Conflict, match="imported as history"):
        snooze(services, 1)


def test_a_snooze_is_replaced_by_the_next_one(services: FakeServices) -> None:
    snooze(services, 1)
    services.time += MINUTE_MS
    snooze(services, 5)
    services.time += HOUR_MS
    run_due_timers(services, KEY)
    assert is_snoozed(case_in(services))


def test_who_resolves_a_snoozed_case_with_a_flow_ends_its_snooze() -> None:
    services = FakeServices()
    services.hook("case.requested", request())
    snooze(services, 48)
    transition_flow(services, command(services), "withdraw", MoveIn())
    assert not is_snoozed(case_in(services))
    assert faults(services) == []


def test_a_snooze_that_has_ended_otherwise_does_not_end_again(services: FakeServices) -> None:
    snooze(services, 48)
    before = case_in(services)
    change_status(services, "resolved")
    message = write(services, "hello?", 30)
    assert snooze_end(before, case_in(services), [message]) is None
    assert ends(services) == []
