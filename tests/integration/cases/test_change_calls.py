"""How many calls a change of a case takes: the case is read once, and what else is shown comes in one request."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import payloads
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.read_case import find_case, load_case_files, read_ahead_of_answer
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case


def test_a_timer_that_finds_nothing_due_is_one_read(services: AwsServices) -> None:
    stored = given_case(services)
    with counted_calls() as calls:
        assert run_due_timers(services, stored.key) == []
    assert calls == {"get_item": 1}


def test_a_timer_that_finds_something_due_reads_the_case_once(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    assert stored.armed is not None
    due_at = stored.armed
    monkeypatch.setattr(services, "now", lambda: due_at)
    with counted_calls() as calls:
        appended = run_due_timers(services, stored.key)
    assert [event.type for event in appended] == ["clock_breached", "case_escalated"]
    assert calls["get_item"] == 1


def test_a_reply_and_its_answer_take_three_calls(services: AwsServices) -> None:
    stored = given_case(services)
    assert stored.case is not None
    services.begin()
    with counted_calls() as calls:
        seen = find_case(services, stored.case.id)
        read_ahead_of_answer(services, seen)
        after = write_reply.write(services, command(stored, seen=seen), payloads.Message(body="Hello"))
        file = load_case_files(services, [after])[0]
    assert (file.subject, file.customer.name if file.customer else None) == ("灯不亮", "王芳")
    assert calls == {"get_item": 1, "batch_get_item": 1, "transact_write_items": 1}


def test_a_case_that_changed_after_it_was_read_is_read_again(services: AwsServices) -> None:
    seen = given_case(services)
    handle_command.set_status(services, command(seen), payloads.StatusChange(status="waiting_internal"))
    with counted_calls() as calls:
        after = write_reply.write(services, command(seen, seen=seen), payloads.Message(body="Hello"))
    assert after.version == seen.version + 2
    assert (calls["get_item"], calls["transact_write_items"]) == (1, 2)
