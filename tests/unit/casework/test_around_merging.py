"""What else knows that a case was merged: the customer's page, emails, files, and side conversations."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.facts import MailRef, NoteAdded, ReplySent
from chalicelib.domain.cases.parts import EmailState
from chalicelib.domain.cases.payloads import Assignment, Escalate, StatusChange
from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.email.inbound_email import goes_out_by_email
from chalicelib.domain.flows.facts import EvidenceAdded
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.side_conversations.facts import SideConversationStarted
from chalicelib.domain.sla.policies import Policy, Retention
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.domain.timers.timer_source import TimerSource
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import handle, set_status
from chalicelib.usecases.casework.pass_on import moved_copy, pass_on
from chalicelib.usecases.casework.tag_case import change_tags
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.portal.customer_cases import evidence_address, view_case, write_message
from chalicelib.usecases.ports.shop_rules import rules_of
from chalicelib.usecases.privacy.apply_retention import delete_files
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in, change_status, command, reply
from tests.support.cases.events import happened
from tests.support.casework.cases import FIRST, SECOND, faults, merge, run_intake, two_cases, unmerge, write


@pytest.fixture
def services() -> FakeServices:
    services = FakeServices()
    two_cases(services)
    return services


def page_of(services: FakeServices, key: str) -> Any:
    return view_case(services, progress_token(services, case_in(services, key).id))


def test_the_page_of_a_merged_case_is_that_of_the_other_with_what_was_said_on_both(services: FakeServices) -> None:
    merge(services)
    write(services, "are you there?", 20, "web-2")
    run_intake(services)
    reply(services, "we are", key=FIRST)
    page = page_of(services, SECOND)
    assert page.case.id == case_in(services, FIRST).id
    said = [event.fact.message for event in page.messages]
    assert said == ["想退货 😀", "想退货 😀", "are you there?", "we are"]
    write_message(services, page, None, "thank you")
    assert services.cases.events(FIRST)[-1].fact.message == "thank you"  # type: ignore[attr-defined]


def test_a_page_that_was_opened_before_the_merge_still_takes_a_message(services: FakeServices) -> None:
    page = page_of(services, SECOND)
    merge(services)
    write_message(services, page, None, "one more thing")
    run_intake(services)
    assert [event.type for event in services.cases.events(FIRST)].count("message_received") == 1
    assert faults(services) == []


def test_evidence_of_a_merged_case_is_found_on_the_other(services: FakeServices) -> None:
    added = EvidenceAdded(upload="u", evidence="E1", file="evidence/demo/x/E1", kind="image/png", bytes=9)
    handle(services, command(services, key=SECOND), lambda _: [added])
    with pytest.raises(NotFound):
        evidence_address(services, case_in(services, FIRST), "E1")
    merge(services)
    assert "E1" in evidence_address(services, case_in(services, FIRST), "E1")


def test_files_of_a_merged_case_are_kept_as_long_as_those_of_the_other(services: FakeServices) -> None:
    put_policy(services, SHOP.id, Policy(retention=Retention(files_days=90)))
    merge(services)
    ids = [case_in(services, key).id for key in (FIRST, SECOND)]
    services.uploads.files = {f"mails/demo/{identifier}/x.eml": b"" for identifier in ids}
    services.time += 100 * DAY_MS
    assert delete_files(services, SECOND) == 0
    for status in ("resolved", "closed"):
        set_status(services, command(services), StatusChange(status=status))
    services.time += 91 * DAY_MS
    assert delete_files(services, FIRST) == 2
    assert services.uploads.files == {}


def test_a_case_with_an_open_side_conversation_is_not_merged(services: FakeServices) -> None:
    fact = SideConversationStarted(kind="supplier", to="s@example.net", subject="x", message="y", due_at=services.time)
    handle(services, command(services, key=SECOND), lambda _: [fact])
    with pytest.raises(Conflict, match="side conversation"):
        merge(services)
    assert merge(services, FIRST, SECOND).status == "closed"


def test_the_answer_to_who_wrote_by_email_goes_out_by_email_from_the_other_case_until_it_is_unmerged(
    services: FakeServices,
) -> None:
    row = services.cases.stored[SECOND]
    assert row.case is not None
    services.cases.stored[SECOND] = replace(row, case=replace(row.case, email=EmailState(by_mail=True)))
    merge(services)
    assert case_in(services, FIRST).email.by_mail
    unmerge(services)
    assert not case_in(services, FIRST).email.by_mail


def test_a_merged_case_frees_its_agent_and_is_assigned_anew_when_it_is_unmerged() -> None:
    services = FakeServices()
    manage_agents.put_agent(services, SHOP.id, "mei", AgentIn(capacity=2))
    manage_agents.set_presence(services, SHOP.id, "mei", "here")
    two_cases(services)
    for key in (FIRST, SECOND):
        handle_command.assign(services, command(services, key=key), Assignment(assignee="mei"))
    assert services.agents.stored["mei"].load == 2
    merge(services)
    assert services.agents.stored["mei"].load == 1
    services.cases.relayed.clear()
    unmerge(services)
    assert ("routing", SECOND) in {(queue, key) for queue, key, _ in services.cases.relayed}
    assert services.agents.stored["mei"].load == 1
    assert faults(services) == []


def test_the_higher_tier_and_priority_and_all_tags_are_kept_until_it_is_unmerged(services: FakeServices) -> None:
    handle_command.escalate(services, command(services, key=SECOND), Escalate(reason="loud"))
    change_tags(services, command(services, key=SECOND), TagChange(add=("vip",)))
    before = case_in(services, FIRST)
    merge(services)
    assert (case_in(services, FIRST).tier, case_in(services, FIRST).tags) == (1, ("vip",))
    services.time += MINUTE_MS
    unmerge(services)
    assert case_in(services, FIRST) == before


def test_merging_into_a_case_that_waits_for_its_customer_makes_it_ours_again(services: FakeServices) -> None:
    reply(services, key=FIRST)
    change_status(services, "waiting_customer")
    merge(services)
    assert case_in(services, FIRST).status == "open"


def test_a_merge_by_somebody_else_is_named_in_both_histories(services: FakeServices) -> None:
    merge(services)
    assert services.cases.events(FIRST)[-1].by == services.cases.events(SECOND)[-1].by == Actor("agent", "mei")


def test_no_timer_of_any_capability_runs_on_a_merged_case(services: FakeServices) -> None:
    always = TimerSource("always due", lambda *_: NOON, lambda *_: [NoteAdded(message="due")])
    merged = merge(services)
    rules = rules_of(services, SHOP.id, merged.policy, merged.calendar)
    assert (next_timer(merged, rules, [always]), due_facts(merged, rules, NOON, [always])) == (None, [])


def test_what_is_passed_on_in_the_moment_of_unmerging_does_not_stay_on_the_other_case(services: FakeServices) -> None:
    read_before = merge(services)
    message = write(services, "are you there?", 20, "web-2")
    unmerge(services)
    pass_on(services, read_before, message)
    assert [event.type for event in services.cases.events(FIRST)].count("message_received") == 0


@pytest.mark.parametrize("by_mail", [False, True])
def test_what_was_passed_on_is_not_emailed_a_second_time(services: FakeServices, by_mail: bool) -> None:
    case = replace(case_in(services, FIRST), email=EmailState(by_mail=by_mail))
    mail = MailRef(letter="L", message_id="<m>", sender="mei@example.com", author="staff")
    for original in (ReplySent(message="!", mail=mail), ReplySent(message="!")):
        event = happened(1, original)
        copy = moved_copy(event, case_in(services, SECOND), FIRST)
        assert goes_out_by_email(case, event) == (by_mail or original.mail is not None)
        assert not goes_out_by_email(case, copy)
