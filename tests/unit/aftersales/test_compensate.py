"""Giving money: never more than was paid, approved by a second person, done once."""

from typing import Any

import pytest

from chalicelib.domain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, format_instant
from chalicelib.usecases.aftersales.compensate import propose_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.intake.process_receipt import process_receipt
from tests.fakes import FakeServices
from tests.support.cases.case_work import LEE, MEI, case_in
from tests.support.cases.webhooks import KEY, request
from tests.support.orders.money import BOUGHT, money_asked, propose, step


@pytest.fixture
def bought(services: FakeServices) -> FakeServices:
    services.hook("case.requested", request(order=BOUGHT))
    return services


def test_a_small_refund_is_approved_by_rule_asked_of_the_shop_and_done(bought: FakeServices) -> None:
    money = propose(bought, "100.00", SHOE="100.00")
    assert (money.state, money.by, money.approved_by) == ("approved", "mei", "up to 200")
    assert step(bought, money.id, "request").state == "requested"
    answer = {"case_external_id": "web-1", "money": money.id}
    bought.hook("refund.completed", answer)
    bought.hook("refund.completed", answer, "again")
    bought.hook("refund.failed", {**answer, "note": "late"})
    assert [one.state for one in case_in(bought).money] == ["done"]


@pytest.mark.parametrize(("word", "becomes"), [("completed", "done"), ("failed", "failed")])
@pytest.mark.parametrize("behind", [1, 59 * SECOND_MS, 8 * HOUR_MS, 400 * DAY_MS])
def test_an_answer_by_a_clock_that_is_behind_is_no_earlier_than_its_question(
    bought: FakeServices, word: str, becomes: str, behind: int
) -> None:
    money = propose(bought, "100.00")
    bought.time += MINUTE_MS
    step(bought, money.id, "request")
    answer = {"case_external_id": "web-1", "money": money.id, "occurred_at": format_instant(bought.time - behind)}
    bought.time += MINUTE_MS
    for _ in range(2):
        assert bought.hook(f"refund.{word}", answer).state == "processed"
    assert [one.state for one in case_in(bought).money] == [becomes]
    answers = [one for one in bought.cases.events(KEY) if one.type in ("money_done", "money_failed")]
    assert len(answers) == 1
    assert answers[0].at <= bought.time


def test_money_the_shop_paid_before_it_was_asked_is_done_and_asked_for_no_more(bought: FakeServices) -> None:
    money = propose(bought, "250.00")
    answer = {"case_external_id": "web-1", "money": money.id, "occurred_at": format_instant(bought.time - HOUR_MS)}
    bought.time += MINUTE_MS
    step(bought, money.id, "approve", LEE, second=True)
    bought.hook("refund.completed", answer)
    with pytest.raises(Conflict):
        step(bought, money.id, "request")
    assert [one.state for one in case_in(bought).money] == ["done"]


def test_a_failure_heard_before_the_shop_was_asked_says_nothing_of_what_is_asked_then(bought: FakeServices) -> None:
    money = propose(bought, "100.00")
    late = bought.deliver("refund.failed", {"case_external_id": "web-1", "money": money.id})
    bought.time += MINUTE_MS
    step(bought, money.id, "request")
    process_receipt(bought, late.id)
    assert [one.state for one in case_in(bought).money] == ["requested"]


def test_above_the_threshold_a_second_person_approves(bought: FakeServices) -> None:
    money = propose(bought, "250.00")
    assert money.state == "proposed"
    with pytest.raises(NotAllowed, match="supervisor"):
        step(bought, money.id, "approve", LEE)
    with pytest.raises(NotAllowed, match="second person"):
        step(bought, money.id, "approve", MEI, second=True)
    with pytest.raises(Conflict, match="approve, decline"):
        step(bought, money.id, "request")
    approved = step(bought, money.id, "approve", LEE, second=True)
    assert (approved.state, approved.approved_by) == ("approved", "lee")


def test_never_more_than_was_paid_in_sum_and_for_each_thing(bought: FakeServices) -> None:
    propose(bought, "150.00", SHOE="150.00")
    with pytest.raises(Conflict, match=r"50\.00 CNY of what was paid for SHOE are left"):
        propose(bought, "60.00", SHOE="60.00")
    with pytest.raises(Conflict, match=r"160\.00 CNY of what was paid are left"):
        propose(bought, "160.01")
    propose(bought, "160.00")
    with pytest.raises(Conflict, match="are left"):
        propose(bought, "0.01", kind="goodwill")
    assert propose(bought, "20", kind="coupon").kind == "coupon"


def test_what_failed_or_was_declined_gives_its_room_back(bought: FakeServices) -> None:
    first = propose(bought, "310.00")
    step(bought, first.id, "decline", LEE, second=True)
    second = propose(bought, "200.00")
    step(bought, second.id, "request")
    step(bought, second.id, "lose")
    with pytest.raises(Conflict):
        propose(bought, "200.00")
    step(bought, second.id, "fail")
    assert propose(bought, "200.00").state == "approved"


def test_money_nobody_can_check_is_refused(services: FakeServices) -> None:
    services.hook("case.requested", request())
    with pytest.raises(Conflict, match="not known"):
        propose(services, "1.00")
    assert propose(services, "1.00", kind="points").kind == "points"


@pytest.mark.parametrize(
    ("wrong", "lines", "path"),
    [("0", {}, "amount"), ("-5", {}, "amount"), ("10", {"SHOE": "9"}, "lines"), ("0.00", {"SHOE": "0"}, "amount")],
)
def test_amounts_that_are_nothing_or_do_not_add_up_are_refused(
    bought: FakeServices, wrong: str, lines: dict[str, str], path: str
) -> None:
    with pytest.raises(Invalid, match=path):
        propose(bought, wrong, MEI, "refund", **lines)


def test_a_step_or_money_that_does_not_exist_is_not_found(bought: FakeServices) -> None:
    money = propose(bought, "1.00")
    for identifier, name in ((money.id, "burn"), ("0" * 26, "request")):
        with pytest.raises(NotFound):
            step(bought, identifier, name)


def test_two_cases_of_one_order_cannot_both_give_the_last_of_it(bought: FakeServices) -> None:
    bought.hook("case.requested", request(external_id="web-2", order=BOUGHT))
    other = bought.cases.load(case_key("demo", "web-2")).case
    assert other is not None
    propose(bought, "200.00")
    with pytest.raises(Conflict, match=r"110\.00 CNY of what was paid are left"):
        propose_money(bought, Command(case=other.id, shop="demo", by=LEE), money_asked("110.01"))
    propose_money(bought, Command(case=other.id, shop="demo", by=LEE), money_asked("110.00"))
    with pytest.raises(Conflict, match="0 CNY"):
        propose(bought, "0.01")


def test_a_proposal_that_races_one_in_another_case_counts_it(
    bought: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought.hook("case.requested", request(external_id="web-2", order=BOUGHT))
    other = bought.cases.load(case_key("demo", "web-2")).case
    assert other is not None
    commit = bought.cases.commit
    raced: list[bool] = []

    def slower(change: Any) -> None:
        if not raced:
            raced.append(True)
            propose_money(bought, Command(case=other.id, shop="demo", by=LEE), money_asked("300.00"))
        commit(change)

    monkeypatch.setattr(bought.cases, "commit", slower)
    with pytest.raises(Conflict, match=r"10\.00 CNY"):
        propose(bought, "300.00")


def test_a_historical_case_gives_nothing(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT, historical=True))
    with pytest.raises(Conflict, match="historical"):
        propose(services, "1.00")


def test_an_amount_finer_than_the_coin_is_refused_with_its_place(bought: FakeServices) -> None:
    with pytest.raises(Invalid, match=r"amount: 33\.333333 CNY cannot be paid: the smallest amount is 0\.01"):
        propose(bought, "33.333333")
    with pytest.raises(Invalid, match=r"lines\[0\]\.amount"):
        propose(bought, "10.00", SHOE="3.333", SOCK="6.667")
