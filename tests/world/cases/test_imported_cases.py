"""Cases that were imported as history, and live from their first live event. Rows: `data/imported_cases.yaml`."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.email.inbound_email import goes_out_by_email
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.manage_agents import put_agent, set_presence
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.cases.events import case_of, happened, opened
from tests.support.world.case_stories import KEY, PROMISES, Row, play, standing
from tests.support.world.rows import rows

IMPORTED = {"minute": 0, "tell": "case.requested", "occurred": -900_000, "data": {"historical": True}}


@pytest.mark.parametrize("row", rows("imported_cases"))
def test_history_is_what_was_imported_as_history(services: FakeServices, row: Row) -> None:
    put_policy(services, "demo", PROMISES)
    assert standing(play(services, row["steps"]), row["want"]) == row["want"]


@pytest.mark.parametrize(("minutes", "live"), [(0, True), (-400_000, False)])
def test_what_was_said_long_after_closing_opens_a_case_as_live_as_the_word(
    services: FakeServices, minutes: float, live: bool
) -> None:
    closed = {"minute": 0, "tell": "case.closed", "occurred": -800_000}
    play(services, [IMPORTED, closed, {"minute": 0, "tell": "message.received", "occurred": minutes}])
    linked = next(one.case for key, one in services.cases.stored.items() if key != KEY)
    assert linked is not None
    assert linked.historical is not live
    assert bool(linked.clocks) is live
    assert linked.opened_at == services.time + round(minutes * MINUTE_MS)


def test_an_imported_case_that_lives_runs_its_timers_and_what_was_imported_before_does_not(
    services: FakeServices,
) -> None:
    play(services, [IMPORTED])
    assert services.cases.timers == []
    play(services, [{"minute": 1, "tell": "message.received"}])
    assert [timer.at for _, timer in services.cases.timers] == [services.time + DAY_MS]


def test_a_staff_command_on_history_that_is_over_changes_no_history(services: FakeServices) -> None:
    case = play(services, [IMPORTED, {"minute": 0, "tell": "case.resolved", "occurred": -800_000}])
    write(services, Command(case=case.id, shop="demo", by=MEI), Message(body="for the record"))
    after = services.cases.load(KEY).case
    assert after is not None
    assert (after.historical, after.clocks, after.status) == (True, (), "resolved")


def test_an_imported_case_is_given_to_an_agent_once_it_lives(services: FakeServices) -> None:
    put_agent(services, "demo", "mei", AgentIn())
    set_presence(services, "demo", "mei", "here")
    play(services, [IMPORTED])
    assert assign_case(services, KEY) is None
    play(services, [{"minute": 1, "tell": "message.received"}])
    assert assign_case(services, KEY) == "mei"


def test_what_is_replied_to_an_email_on_an_imported_case_is_mailed() -> None:
    email = facts.MailRef(letter="L", message_id="m@x.example", sender="ann@example.org")
    asked = happened(2, facts.MessageReceived(message="Still broken", mail=email), Actor("customer"))
    reply = happened(3, facts.ReplySent(message="We look"))
    history = replace(opened(NOON - 400 * DAY_MS, historical=True), heard_at=NOON)
    assert not goes_out_by_email(case_of(history, reply), reply)
    assert goes_out_by_email(case_of(history, replace(asked, heard_at=asked.at), reply), reply)
