"""Statements prove refunds that were asked for."""

from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import LEE, case_in, command
from tests.support.cases.webhooks import request
from tests.support.orders.money import BOUGHT, propose, step
from tests.support.orders.settlement import finance_tasks, lose_answer, money_state, statement_entry, store_and_settle


def test_unknown_money_is_done_once_a_statement_proves_it_on_the_day_it_was_paid(bought: FakeServices) -> None:
    given = lose_answer(bought)
    bought.time += 2 * DAY_MS
    paid_at = NOON + HOUR_MS
    store_and_settle(bought, statement_entry("50", paid_at=paid_at, refund_no=given.id))
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.done_at) == ("done", "wechat/50", paid_at)
    assert money_state(bought, "50") == "settled"
    store_and_settle(bought, statement_entry("50", paid_at=paid_at, refund_no=given.id))
    bought.settlements.new.append(next(iter(bought.settlements.stored)))
    before = bought.cases.load(key_of_id(case_in(bought).id)).version
    store_and_settle(bought)
    assert bought.cases.load(key_of_id(case_in(bought).id)).version == before


def test_money_that_is_done_is_proven_without_being_done_again(bought: FakeServices) -> None:
    given = propose(bought, "50.00")
    step(bought, given.id, "request")
    step(bought, given.id, "finish")
    done_at = case_in(bought).money[0].done_at
    store_and_settle(bought, statement_entry("50", "50.00"))
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.done_at) == ("done", "wechat/50", done_at)


def test_the_id_the_payment_service_gave_is_told_with_the_refund_and_proves_it(bought: FakeServices) -> None:
    first, second = propose(bought, "50.00"), propose(bought, "50.00")
    for one in (first, second):
        step(bought, one.id, "request")
    bought.time += MINUTE_MS
    answer = {"case_external_id": "web-1", "money": second.id, "reference": "re_7"}
    assert bought.hook("refund.completed", answer).state == "processed"
    store_and_settle(bought, statement_entry("re_7", "50.00", provider="stripe"))
    assert [one.proof for one in case_in(bought).money] == [None, "stripe/re_7"]


def test_the_task_that_asked_whether_it_was_paid_is_answered(bought: FakeServices) -> None:
    given = propose(bought, "100.00")
    step(bought, given.id, "request")
    bought.time += 2 * DAY_MS
    run_due_timers(bought, key_of_id(case_in(bought).id))
    assert any(given.id in title for title in finance_tasks(case_in(bought)))
    store_and_settle(bought, statement_entry("50", refund_no=given.id))
    assert finance_tasks(case_in(bought)) == []
    assert case_in(bought).money[0].state == "done"


def test_a_flow_that_waited_for_its_payment_alone_goes_on(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT, type="refund"))
    for move in ("approve", "refund"):
        transition_flow(services, command(services, LEE), move, MoveIn())
    given = lose_answer(services)
    assert case_in(services).flow is not None
    assert case_in(services).flow.turn == "finance"  # type: ignore[union-attr] # just seen
    store_and_settle(services, statement_entry("50", refund_no=given.id))
    assert case_in(services).flow.ended  # type: ignore[union-attr] # just seen
    assert case_in(services).done
