"""The money that a proposal offers for a complaint is given once it is accepted, within what was paid."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.kernel.validation import MoneyIn
from tests.fakes import NOON, FakeServices
from tests.support.aftersales.flows import let_time_pass, move_flow
from tests.support.cases.case_work import case_in
from tests.support.cases.follow_ups import follow_up
from tests.support.cases.webhooks import KEY, request

PAID = {"amount": "100.00", "currency": "CNY"}


def grants(services: FakeServices) -> Case:
    """The case after the worker ran the follow-ups of the last event, twice as queues may."""
    for _ in range(2):
        for event in services.cases.events(KEY):
            if event.type in ("flow_moved", "flow_timed_out"):
                follow_up(services, KEY, key_of_id(event.id))
    return case_in(services)


def test_an_amount_that_was_proposed_and_accepted_is_given_once_and_by_the_rule_for_small_ones(
    quiet: FakeServices,
) -> None:
    quiet.hook("case.requested", request(type="complaint", order={"external_id": "O", "total": PAID}))
    move_flow(quiet, "acknowledge")
    move_flow(quiet, "propose", amount=MoneyIn("30.00", "CNY"))
    assert grants(quiet).money == ()
    move_flow(quiet, "accept")
    (given,) = grants(quiet).money
    assert (given.kind, given.amount.amount, given.state, given.by) == ("goodwill", "30.00", "approved", "system")


def test_a_promised_amount_that_is_more_than_was_paid_becomes_a_task_for_finance(quiet: FakeServices) -> None:
    quiet.hook("case.requested", request(type="complaint", order={"external_id": "O", "total": PAID}))
    move_flow(quiet, "acknowledge")
    move_flow(quiet, "propose", amount=MoneyIn("101.00", "CNY"))
    let_time_pass(quiet, NOON + 8 * DAY_MS)
    case = grants(quiet)
    assert case.money == ()
    assert [(task.department, "101.00 CNY" in task.title) for task in case.tasks] == [("finance", True)]
