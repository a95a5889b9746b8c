"""Where a case stands on the desk: whose turn it is, and which promise would break next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.desk.place import TURNS, place_of, turn_of
from chalicelib.domain.desk.promises import next_promise
from chalicelib.domain.desk.views import LISTS, VIEWS, span_of
from chalicelib.domain.kernel.timestamps import DAY_MS, FAR, HOUR_MS
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.aftersales.flows import flow_of, let_time_pass, move_flow
from tests.support.cases.case_work import case_in, change_status, reply
from tests.support.cases.webhooks import KEY, about, request

SENT_BACK: tuple[tuple[str, dict[str, str]], ...] = (("approve", {}), ("ship", {"carrier": "SF", "tracking": "SF123"}))


def opened(services: FakeServices, **changes: Any) -> Case:
    services.hook("case.requested", request(**changes))
    return case_in(services)


def test_a_new_case_is_ours_and_sorted_by_its_first_reply(services: FakeServices) -> None:
    case = opened(services, type="question")
    place, promise = place_of(case), next_promise(case)
    assert place is not None
    assert promise is not None
    assert (place.list, promise.name, promise.state) == ("unassigned#us", "first_reply", "running")
    assert place.sort == promise.due_at == case.clocks[0].due_at


def test_a_reply_leaves_the_promise_of_a_resolution(services: FakeServices) -> None:
    opened(services, type="question")
    reply(services)
    case = case_in(services)
    promise = next_promise(case)
    assert promise is not None
    assert (promise.name, promise.due_at) == ("resolution", case.clocks[1].due_at)


def test_a_case_that_waits_for_its_customer_is_theirs_and_its_promise_is_paused(services: FakeServices) -> None:
    opened(services, type="question")
    reply(services)
    change_status(services, "waiting_customer")
    case = case_in(services)
    place, promise = place_of(case), next_promise(case)
    assert place is not None
    assert promise is not None
    assert (place.list, promise.state, promise.why) == ("unassigned#customer", "paused", "waiting_customer")
    assert place.sort == FAR + case.opened_at // 1000


def test_a_customer_who_has_no_reply_yet_makes_it_our_turn_whatever_the_status_says(services: FakeServices) -> None:
    opened(services, type="question")
    change_status(services, "waiting_customer")
    assert turn_of(case_in(services)) == "us"


def test_a_broken_promise_stays_where_it_was_due_until_it_is_kept(services: FakeServices) -> None:
    case = opened(services, type="question")
    before = place_of(case)
    services.time = NOON + 25 * HOUR_MS
    run_due_timers(services, KEY)
    case = case_in(services)
    promise = next_promise(case)
    assert promise is not None
    assert promise.state == "breached"
    assert place_of(case) == before


@pytest.mark.parametrize("ending", ["resolved", "closed"])
def test_who_is_done_has_no_place(services: FakeServices, ending: str) -> None:
    case = opened(services)
    assert place_of(replace(case, status=ending)) is None
    assert next_promise(replace(case, status=ending)) is None


def test_a_return_is_the_turn_of_whoever_its_flow_waits_for(returned: FakeServices) -> None:
    reply(returned)
    turns = [turn_of(case_in(returned))]
    for move, fields in SENT_BACK:
        move_flow(returned, move, **fields)
        turns.append(turn_of(case_in(returned)))
    returned.hook("parcel.received", about(60))
    turns.append(turn_of(case_in(returned)))
    assert turns == ["us", "customer", "carrier", "warehouse"]


def test_the_deadline_of_our_own_people_in_a_flow_is_a_promise(returned: FakeServices) -> None:
    reply(returned)
    case = case_in(returned)
    deadline = flow_of(returned).deadline
    promise = next_promise(case)
    assert promise is not None
    assert deadline is not None
    assert (promise.name, promise.due_at) == ("flow", deadline.at)
    let_time_pass(returned, NOON + 4 * DAY_MS)
    late = next_promise(replace(case_in(returned), clocks=()))
    assert late is not None
    assert (late.name, late.state) == ("flow", "breached")


def test_a_parcel_that_is_late_breaks_no_promise_of_ours(returned: FakeServices) -> None:
    reply(returned)
    for move, fields in SENT_BACK:
        move_flow(returned, move, **fields)
    promise = next_promise(case_in(returned))
    assert promise is not None
    assert promise.name == "resolution"


def test_a_case_with_a_task_of_finance_waits_for_finance(services: FakeServices) -> None:
    from chalicelib.domain.flows.tasks import Task

    case = opened(services, type="question")
    tasks = (Task(id="t", department="finance", title="", due_at=NOON),)
    waiting = replace(case, clocks=(), tasks=tasks, status="waiting_internal")
    assert turn_of(waiting) == "finance"
    assert turn_of(replace(waiting, status="open")) == "us"
    assert turn_of(replace(waiting, tasks=(replace(tasks[0], done_at=NOON),))) == "us"


def test_money_that_needs_a_second_person_is_in_a_view_of_its_own_until_it_is_approved(services: FakeServices) -> None:
    from chalicelib.domain.flows.compensation import Compensation
    from chalicelib.domain.kernel.money import Money

    case = opened(services, type="question")
    proposed = Compensation(id="m", kind="goodwill", amount=Money("300", "CNY"), by="mei")
    waiting = place_of(replace(case, money=(proposed,)))
    assert waiting is not None
    assert waiting.list in span_of("approval", NOON).lists
    for state in ("approved", "declined"):
        assert turn_of(replace(case, money=(replace(proposed, state=state),))) == "us"


@given(st.sampled_from(VIEWS), st.integers(0, FAR))
def test_every_view_is_made_of_known_lists_and_none_twice(view: Any, now: int) -> None:
    lists = span_of(view, now).lists
    assert set(lists) <= set(LISTS)
    assert len(set(lists)) == len(lists)


def test_what_waits_for_others_is_a_part_of_all() -> None:
    everything = set(span_of("all", NOON).lists)
    assert len(everything) == 2 * len(TURNS)
    for view in VIEWS:
        if view.startswith("waiting_"):
            assert set(span_of(view, NOON).lists) <= everything
