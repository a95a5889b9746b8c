"""A case becomes part of another one, and is taken out again."""

from collections.abc import Callable

import pytest

from chalicelib.domain.cases.payloads import Escalate, StatusChange
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.casework.payloads import MergeInto
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import Conflict, NotFound, Stale
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.surveys.timers import survey_due_at
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.entrypoints.http.desk.cases.refusals import _conflict_phrase
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.handle_command import escalate
from chalicelib.usecases.casework import merge_cases
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord
from chalicelib.usecases.ports.shop_rules import rules_of
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in, change_status, command, reply
from tests.support.cases.registries import TIMERS
from tests.support.cases.webhooks import about, request
from tests.support.casework.cases import FIRST, SECOND, faults, merge, run_intake, two_cases, unmerge, write


@pytest.fixture
def services() -> FakeServices:
    services = FakeServices()
    two_cases(services)
    return services


def types_of(services: FakeServices, key: str) -> list[str]:
    return [event.type for event in services.cases.events(key)]


def test_a_merged_case_is_closed_without_being_resolved_and_both_cases_show_it(services: FakeServices) -> None:
    merged, target = merge(services), case_in(services, FIRST)
    assert (merged.status, merged.resolved_at, merged.closed_at) == ("closed", None, services.time)
    assert merged.merged_into == target.id
    assert merged_cases(target) == (merged.id,)
    assert types_of(services, SECOND) == ["case_opened", "case_merged_into"]
    assert types_of(services, FIRST) == ["case_opened", "case_merged"]
    assert faults(services) == []


def test_no_clock_of_a_merged_case_runs_and_nothing_is_due_on_it(services: FakeServices) -> None:
    merged = merge(services)
    rules = rules_of(services, SHOP.id, merged.policy, merged.calendar)
    assert {clock.state for clock in merged.clocks} == {"paused"}
    assert next_timer(merged, rules, TIMERS) is None
    services.time += 30 * DAY_MS
    assert due_facts(merged, rules, services.time, TIMERS) == []
    assert run_due_timers(services, SECOND) == []
    assert types_of(services, SECOND) == ["case_opened", "case_merged_into"]


def test_a_promise_that_was_broken_before_merging_stays_broken_and_is_not_broken_again(services: FakeServices) -> None:
    services.time = NOON + 25 * HOUR_MS
    run_due_timers(services, SECOND)
    before = case_in(services, SECOND)
    assert [clock.state for clock in before.clocks if clock.name == "first_reply"] == ["breached"]
    reply(services, key=FIRST)
    merged, target = merge(services), case_in(services, FIRST)
    assert [clock.state for clock in merged.clocks if clock.name == "first_reply"] == ["breached"]
    assert target.tier == before.tier
    assert all(clock.due_at is None or clock.due_at > services.time for clock in target.clocks if clock.owed)


def test_what_is_owed_on_the_merged_case_is_owed_on_the_other_since_its_customer_wrote(services: FakeServices) -> None:
    owed_since = case_in(services, SECOND).opened_at
    services.hook("case.resolved", about(6))  # nobody has answered it, so that its first reply is still owed
    services.time += 10 * MINUTE_MS
    merge(services)
    target = case_in(services, FIRST)
    assert (target.status, target.reopened) == ("open", 1)
    owed = [clock for clock in target.clocks if clock.owed and clock.name == "next_reply"]
    assert [clock.started_at for clock in owed] in ([], [owed_since])
    assert faults(services) == []


def test_a_survey_of_a_merged_case_is_never_due(services: FakeServices) -> None:
    handle_command.set_status(services, command(services, key=SECOND), StatusChange(status="resolved"))
    merged = merge(services)
    rules = rules_of(services, SHOP.id, merged.policy, merged.calendar)
    assert merged.resolved_at is not None
    assert survey_due_at(merged, rules.policy.survey) is None
    assert next_timer(merged, rules, TIMERS) is None


def test_a_message_on_a_merged_case_is_passed_on_once_and_starts_the_clock_there(services: FakeServices) -> None:
    merge(services)
    reply(services, key=FIRST)
    written = write(services, "hello?", 30, "web-2")
    run_intake(services)
    services.hook("message.received", about(30, author="customer", message="hello?") | {"case_external_id": "web-2"})
    run_intake(services)
    copies = [event for event in services.cases.events(FIRST) if event.type == "message_received"]
    assert [(copy.at, copy.fact.message, copy.fact.moved_from) for copy in copies] == [  # type: ignore[attr-defined]
        (written.at, "hello?", case_in(services, SECOND).id)
    ]
    assert case_in(services, SECOND).status == "closed"
    assert faults(services) == []


def test_a_message_that_came_long_after_the_other_case_was_closed_opens_a_linked_case(services: FakeServices) -> None:
    merge(services)
    reply(services, key=FIRST)
    change_status(services, "resolved")
    change_status(services, "closed")
    before = set(services.cases.stored)
    write(services, "still broken", 12 * 24 * 60, "web-2")
    run_intake(services)
    (opened,) = set(services.cases.stored) - before
    assert case_in(services, opened).links == (case_in(services, FIRST).id,)
    assert case_in(services, SECOND).spilled == ()


def test_a_reply_of_another_help_desk_on_a_merged_case_counts_on_the_other_and_is_not_mailed_again(
    services: FakeServices,
) -> None:
    merge(services)
    services.hook("case.replied", about(20, agent="mei", message="on it") | {"case_external_id": "web-2"})
    run_intake(services)
    target = case_in(services, FIRST)
    assert target.replies == 1
    assert services.mailer.sent == []


def test_merging_again_into_the_same_case_changes_nothing(services: FakeServices) -> None:
    merge(services)
    version = services.cases.load(FIRST).version
    merge(services)
    assert services.cases.load(FIRST).version == version


def test_a_merge_is_refused_with_what_to_do_instead(services: FakeServices) -> None:
    with pytest.raises(Conflict, match="into itself"):
        merge(services, FIRST, FIRST)
    services.hook("case.requested", request(type="question", external_id="web-3"))
    third = case_key(SHOP.id, "web-3")
    merge(services, SECOND, FIRST)
    with pytest.raises(Conflict, match="is merged into another: unmerge it"):
        merge(services, SECOND, third)
    with pytest.raises(Conflict, match="is merged into another: merge this one into that one"):
        merge(services, third, SECOND)
    with pytest.raises(Conflict, match="Other cases are merged into"):
        merge(services, FIRST, third)
    with pytest.raises(Conflict, match=r"Other cases are merged into|is merged into another"):
        merge(services, FIRST, SECOND)


def test_a_case_of_another_customer_is_merged_only_if_they_are_said_to_be_one_person(services: FakeServices) -> None:
    other = {"external_id": "lei", "name": "李磊", "email": "lei@example.net"}
    services.hook("case.requested", request(type="question", external_id="web-3", customer=other))
    third = case_key(SHOP.id, "web-3")
    with pytest.raises(Conflict, match="of two customers"):
        merge(services, third, FIRST)
    merge(services, third, FIRST, same_person=True)
    first, second = (case_in(services, key).customer[-16:] for key in (FIRST, third))
    assert services.customers.stored[second].root == first
    assert case_in(services, third).merged_into == case_in(services, FIRST).id


def test_a_case_that_does_not_exist_is_not_found(services: FakeServices) -> None:
    with pytest.raises(NotFound):
        merge_cases.merge(services, command(services, key=SECOND), MergeInto(into="01KAJ4Z2C07Q9X3T5V8W1Y4A6B"))


def test_a_case_whose_flow_is_under_way_is_not_merged_and_one_whose_flow_only_began_is(services: FakeServices) -> None:
    services.hook("case.requested", request(external_id="return-1"))
    services.hook("case.requested", request(external_id="return-2"))
    one, two = case_key(SHOP.id, "return-1"), case_key(SHOP.id, "return-2")
    transition_flow(services, command(services, key=one), "approve", MoveIn())
    with pytest.raises(Conflict, match=r"The return of case \S+ is under way"):
        merge(services, one, FIRST)
    merge(services, two, one)
    assert case_in(services, two).status == "closed"
    assert faults(services) == []


def test_nothing_is_done_on_a_merged_case_by_staff(services: FakeServices) -> None:
    merge(services)
    with pytest.raises(Conflict, match="work there, or unmerge it there first"):
        reply(services, key=SECOND)


def test_a_merge_needs_the_version_that_was_read_and_is_answered_once(services: FakeServices) -> None:
    body = MergeInto(into=case_in(services, FIRST).id)
    with pytest.raises(Stale):
        merge_cases.merge(services, command(services, key=SECOND, expected=7), body)
    record = IdempotencyRecord("key", "digest")
    merge_cases.merge(services, command(services, key=SECOND, idempotency=record), body)
    assert services.cases.idempotency["key"].case == case_in(services, SECOND).id
    unmerge(services)
    with pytest.raises(AlreadyAnswered):
        merge_cases.merge(services, command(services, key=SECOND, idempotency=record), body)


def test_either_both_cases_change_or_none_whoever_is_faster(services: FakeServices) -> None:
    services.cases.races = 3
    merge(services)
    assert types_of(services, SECOND)[-1:] + types_of(services, FIRST)[-1:] == ["case_merged_into", "case_merged"]


def test_merged_and_unmerged_both_cases_are_as_if_they_had_never_been_merged(services: FakeServices) -> None:
    before = case_in(services, FIRST), case_in(services, SECOND)
    merge(services)
    services.time += MINUTE_MS
    unmerge(services)
    assert (case_in(services, FIRST), case_in(services, SECOND)) == before
    assert types_of(services, SECOND)[-1] == "case_unmerged_from"
    assert faults(services) == []


def test_what_was_written_while_it_was_merged_is_its_own_again(services: FakeServices) -> None:
    reply(services, key=FIRST)
    reply(services, key=SECOND)
    change_status(services, "resolved")
    merge(services)
    write(services, "and now?", 40, "web-2")
    run_intake(services)
    assert case_in(services, FIRST).status == "open"
    unmerge(services)
    assert case_in(services, FIRST).status == "resolved"
    assert case_in(services, SECOND).status == "open"
    run_intake(services)
    assert faults(services) == []


def test_what_was_answered_on_the_other_case_is_no_broken_promise_after_unmerging(services: FakeServices) -> None:
    merge(services)
    services.time += MINUTE_MS
    reply(services, key=FIRST)
    services.time += 2 * DAY_MS
    after = unmerge(services)
    assert [clock.state for clock in after.clocks if clock.name == "first_reply"] == ["met"]


def test_unmerging_what_is_not_merged_there_is_refused(services: FakeServices) -> None:
    with pytest.raises(Conflict, match="is not merged into"):
        unmerge(services)
    merge(services)
    unmerge(services)
    with pytest.raises(Conflict, match="is not merged into"):
        unmerge(services)


def test_the_desk_has_words_of_its_own_for_each_reason_why_a_case_is_not_merged(services: FakeServices) -> None:
    services.hook("case.requested", request(external_id="return-1"))
    returned = case_key(SHOP.id, "return-1")
    transition_flow(services, command(services, key=returned), "approve", MoveIn())

    def merge_second() -> str:
        merge(services)
        return SECOND

    refusals: dict[str, Callable[[], object]] = {
        "refusal.merge_itself": lambda: merge(services, FIRST, FIRST),
        "refusal.merge_flow": lambda: merge(services, returned, FIRST),
        "refusal.is_merged": lambda: escalate(services, command(services, key=merge_second()), Escalate(reason="x")),
        "refusal.merge": lambda: merge(services, SECOND, returned),
    }
    for phrase, refused in refusals.items():
        with pytest.raises(Conflict) as error:
            refused()
        assert _conflict_phrase("merge", str(error.value)) == phrase
