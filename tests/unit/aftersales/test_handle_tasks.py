"""Tasks for departments: opened by rules or by hand, late ones escalate the case, and open ones keep it from ending."""

import pytest

from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.domain.flows.payloads import TaskIn, TaskResult
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, SECOND_MS, to_datetime
from chalicelib.usecases.aftersales.handle_tasks import finish_task, open_task
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, request


@pytest.fixture
def asked(quiet: FakeServices) -> FakeServices:
    quiet.hook("case.requested", request(type="question"))
    return quiet


def test_a_quality_claim_makes_three_departments_work_at_once_on_a_plan_due_in_a_day(quiet: FakeServices) -> None:
    receipt = quiet.hook("case.requested", request(claim={"reason": "defective"}))
    quiet.hook("case.requested", request(claim={"reason": "defective"}), "again")
    tasks = case_in(quiet).tasks
    assert {task.department for task in tasks} == {"quality", "logistics", "after_sales"}
    assert {task.due_at for task in tasks} == {NOON + DAY_MS}
    assert receipt.state == "processed"


def test_a_claim_that_is_nobodys_fault_makes_none(quiet: FakeServices) -> None:
    quiet.hook("case.requested", request(claim={"reason": "unwanted"}))
    assert case_in(quiet).tasks == ()


def test_a_late_task_raises_the_case_once(asked: FakeServices) -> None:
    due_at = to_datetime(NOON + HOUR_MS)
    open_task(asked, command(asked), TaskIn(department="finance", title="pay by transfer", due_at=due_at))
    stored = asked.cases.load(KEY)
    assert stored.armed == NOON + HOUR_MS
    asked.time = NOON + HOUR_MS
    assert [event.type for event in run_due_timers(asked, KEY)] == ["case_escalated", "task_late"]
    asked.time += HOUR_MS
    assert run_due_timers(asked, KEY) == []
    assert (case_in(asked).tier, case_in(asked).tasks[0].late) == (1, True)


def test_a_task_that_is_done_in_time_raises_nobody(asked: FakeServices) -> None:
    open_task(asked, command(asked), TaskIn(department="finance", title="pay"))
    asked.time += SECOND_MS
    finish_task(asked, command(asked), case_in(asked).tasks[0].id, TaskResult(outcome="paid"))
    asked.time = NOON + 2 * DAY_MS
    assert run_due_timers(asked, KEY) == []
    assert case_in(asked).tasks[0].outcome == "paid"
    with pytest.raises(Conflict, match="done already"):
        finish_task(asked, command(asked), case_in(asked).tasks[0].id, TaskResult())


def test_a_case_does_not_end_over_an_open_task_without_a_reason(asked: FakeServices) -> None:
    open_task(asked, command(asked), TaskIn(department="tech", title="look into the log"))
    with pytest.raises(Conflict, match="tech"):
        set_status(asked, command(asked), StatusChange(status="resolved"))
    set_status(asked, command(asked), StatusChange(status="resolved", reason="the customer has what they need"))
    assert case_in(asked).status == "resolved"


def test_a_task_in_the_past_or_unknown_is_refused(asked: FakeServices) -> None:
    with pytest.raises(Invalid, match="past"):
        open_task(asked, command(asked), TaskIn(department="tech", title="x", due_at=to_datetime(NOON)))
    with pytest.raises(NotFound):
        finish_task(asked, command(asked), "0" * 26, TaskResult())
