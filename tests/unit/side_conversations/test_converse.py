"""Agents hold side conversations beside a case: with whom, until when, and as often as they like."""

from typing import Any

import pytest

from chalicelib.domain.cases.facts import CaseResolved
from chalicelib.domain.flows.payloads import TaskIn
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS, parse_instant
from chalicelib.domain.side_conversations.conversation import MAX_CONVERSATIONS, conversations_of
from chalicelib.domain.side_conversations.payloads import CloseSide, SideMessageIn
from chalicelib.usecases.aftersales.handle_tasks import open_task
from chalicelib.usecases.cases.handle_command import handle
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.side_conversations import converse
from chalicelib.usecases.side_conversations.read_sides import read_side
from tests.fakes import FakeServices
from tests.support.cases.case_work import LEE, case_in, command, event_types
from tests.support.emails.inbox import services_with_case
from tests.support.emails.samples.writing import FANG
from tests.support.emails.sides import notify_newest, side_in, started

TUESDAY_NOON = parse_instant("2026-11-24T12:00:00+08:00")
"""Sixteen working hours after Friday noon."""


def write(services: FakeServices, text: str, author: Any = "us") -> None:
    converse.write(services, command(services), side_in(services).id, SideMessageIn(text, author))


def test_a_conversation_waits_for_its_other_side_two_working_days() -> None:
    services = services_with_case()
    side = started(services)
    assert (side.kind, side.state, side.waiting_for, side.due_at) == ("supplier", "open", "them", TUESDAY_NOON)
    assert (side.sent, side.received, side.overdue_at) == (1, 0, None)
    assert side.id == services.cases.events(find_case(services, case_in(services).id).key)[-1].id


def test_an_agent_may_give_another_time_and_each_message_starts_it_anew() -> None:
    services = services_with_case()
    assert started(services, due_seconds=3600).due_at == services.time + HOUR_MS
    services.time += HOUR_MS
    write(services, "Please!")
    assert (side_in(services).due_at, side_in(services).sent) == (services.time + HOUR_MS, 2)


def test_what_a_department_answers_without_email_is_written_by_whoever_records_it() -> None:
    services = services_with_case()
    started(services, kind="department", to="finance")
    assert notify_newest(services) == ["no address"]
    assert services.mailer.sent == []
    converse.write(services, command(services, by=LEE), side_in(services).id, SideMessageIn("It left.", "them"))
    side = side_in(services)
    assert (side.waiting_for, side.due_at, side.received) == ("us", None, 1)
    thread = read_side(services, find_case(services, case_in(services).id), side.id)
    assert [(one.event.type, one.event.by.id) for one in thread.messages] == [
        ("side_conversation_started", "mei"),
        ("side_message_received", "lee"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": FANG.upper()}, "to"),
        ({"to": "care@example.com"}, "to"),
        ({"to": "demo@in.example.com"}, "to"),
        ({"to": "finance"}, "to"),
        ({"kind": "department", "to": "kitchen"}, "to"),
        ({"task": "01KAJ4Z2C07Q9X3T5V8W1Y4A6B"}, "task"),
    ],
)
def test_nobody_is_written_to_who_must_not_get_it_and_no_task_is_named_that_is_not_there(
    changes: dict[str, Any], field: str
) -> None:
    services = services_with_case()
    with pytest.raises(Invalid) as refused:
        started(services, **changes)
    assert [path for path, _ in refused.value.errors] == [field]
    assert event_types(services) == ["case_opened"]


def test_a_conversation_may_name_a_task_of_its_case() -> None:
    services = services_with_case()
    open_task(services, command(services), TaskIn(department="quality", title="Check the batch"))
    task = case_in(services).tasks[-1].id
    assert started(services, task=task).task == task


def test_a_closed_conversation_waits_for_nobody_until_somebody_writes_again() -> None:
    services = services_with_case()
    side = started(services)
    for _ in range(2):
        converse.close(services, command(services), side.id, CloseSide("settled"))
    assert (side_in(services).state, side_in(services).due_at) == ("closed", None)
    assert event_types(services).count("side_conversation_closed") == 1
    services.time += SECOND_MS
    write(services, "Once more.")
    assert (side_in(services).state, side_in(services).waiting_for) == ("open", "them")


def test_no_more_are_open_than_a_case_can_hold_and_a_closed_one_makes_room() -> None:
    services = services_with_case()
    first = started(services)
    for _ in range(MAX_CONVERSATIONS - 1):
        services.time += SECOND_MS
        started(services)
    with pytest.raises(Conflict):
        started(services)
    converse.close(services, command(services), first.id, CloseSide())
    services.time += SECOND_MS
    started(services)
    assert len(conversations_of(case_in(services))) == MAX_CONVERSATIONS
    with pytest.raises(NotFound):
        converse.close(services, command(services), first.id, CloseSide())


def test_an_unknown_conversation_is_not_found_and_a_stale_command_is_refused() -> None:
    services = services_with_case()
    side = started(services)
    with pytest.raises(NotFound):
        converse.write(services, command(services), case_in(services).id, SideMessageIn("?"))
    with pytest.raises(NotFound):
        read_side(services, find_case(services, case_in(services).id), side.id[-16:])
    with pytest.raises(Stale):
        converse.write(services, command(services, expected=1), side.id, SideMessageIn("?"))


def test_the_customers_clocks_and_the_status_stay_as_they_are() -> None:
    services = services_with_case()
    before = case_in(services)
    started(services)
    write(services, "They say yes.", "them")
    after = case_in(services)
    assert (after.status, after.clocks, after.replies, after.first_reply_at) == (
        before.status,
        before.clocks,
        0,
        None,
    )
    handle(services, command(services), lambda _: [CaseResolved()])
    write(services, "And now?", "them")
    assert case_in(services).status == "resolved"
