"""Agents' commands: status, assignment, escalation, idempotency."""

import pytest

from chalicelib.domain.cases import payloads
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports import AlreadyAnswered, IdempotencyRecord
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import MEI, case_in, change_status, command, event_types, reply
from tests.support.cases.webhooks import KEY


def test_two_agents_at_once_lose_no_event_and_a_stale_one_is_told(opened: FakeServices) -> None:
    opened.cases.races = 3
    reply(opened, "first")
    reply(opened, "second")
    assert case_in(opened).replies == 2
    with pytest.raises(Stale):
        reply(opened, "third", expected=1)
    reply(opened, "fourth", expected=opened.cases.load(KEY).version)


def test_an_idempotency_key_carries_a_request_out_once(opened: FakeServices) -> None:
    idempotency = IdempotencyRecord("key", "digest")
    reply(opened, idempotency=idempotency)
    with pytest.raises(AlreadyAnswered) as known:
        reply(opened, idempotency=idempotency)
    assert known.value.idempotency.version == 2
    assert case_in(opened).replies == 1


def test_staff_move_cases_only_where_they_may_go(opened: FakeServices) -> None:
    with pytest.raises(Conflict, match="cannot become closed"):
        change_status(opened, "closed")
    change_status(opened, "resolved")
    change_status(opened, "resolved")
    change_status(opened, "closed")
    with pytest.raises(Conflict):
        change_status(opened, "open")
    assert event_types(opened) == ["case_opened", "case_resolved", "case_closed"]


def test_escalating_by_hand_ends_at_the_top(opened: FakeServices) -> None:
    for _ in range(3):
        handle_command.escalate(opened, command(opened), payloads.Escalate(reason="angry"))
    with pytest.raises(Conflict):
        handle_command.escalate(opened, command(opened), payloads.Escalate(reason="angrier"))


def test_assigning_needs_somebody(opened: FakeServices) -> None:
    with pytest.raises(Invalid):
        handle_command.assign(opened, command(opened), payloads.Assignment())
    handle_command.assign(opened, command(opened), payloads.Assignment(assignee="mei", team="returns"))
    assert (case_in(opened).assignee, case_in(opened).team) == ("mei", "returns")


def test_commands_on_a_case_that_is_not_there_find_nothing(services: FakeServices) -> None:
    with pytest.raises(NotFound):
        write_reply.write(
            services, handle_command.Command(case="x" * 26, shop=SHOP.id, by=MEI), payloads.Message(body="?")
        )
