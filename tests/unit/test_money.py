"""Giving money: never more than was paid, approved by a second person, done once."""

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import AftercareError, Conflict, Invalid, NotAllowed, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, format_instant
from chalicelib.domain.kernel.validation import LineIn, MoneyIn
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.unit.desk_work import LEE, MEI, case_in, command
from tests.unit.test_hooks import KEY, request

PRICE = {"amount": "100.00", "currency": "CNY"}
BOUGHT = {
    "external_id": "O-1",
    "total": {"amount": "310.00", "currency": "CNY"},
    "items": [{"sku": "SHOE", "quantity": 2, "price": PRICE}, {"sku": "SOCK", "price": PRICE}],
}


def asked(amount: str, kind: str = "refund", **lines: str) -> MoneyAsked:
    told = tuple(LineIn(sku, part) for sku, part in lines.items())
    return MoneyAsked(kind=kind, amount=MoneyIn(amount, "CNY"), lines=told)  # type: ignore[arg-type]


def propose(services: FakeServices, amount: str, by: Actor = MEI, kind: str = "refund", **lines: str) -> Compensation:
    propose_money(services, command(services, by), asked(amount, kind, **lines))
    return case_in(services).money[-1]


def step(services: FakeServices, money: str, name: str, by: Actor = MEI, second: bool = False) -> Compensation:
    step_money(services, command(services, by), money, name, MoneyStep(), second)
    return next(one for one in case_in(services).money if one.id == money)


@pytest.fixture
def bought(services: FakeServices) -> FakeServices:
    services.hook("case.requested", request(order=BOUGHT))
    return services


def test_a_small_refund_is_approved_by_rule_asked_of_the_shop_and_done(bought: FakeServices) -> None:
    money = propose(bought, "100.00", SHOE="100.00")
    assert (money.state, money.by, money.approved_by) == ("approved", "mei", "up to 200")
    assert step(bought, money.id, "request").state == "requested"
    told = {"case_external_id": "web-1", "money": money.id}
    bought.hook("refund.completed", told)
    bought.hook("refund.completed", told, "again")
    bought.hook("refund.failed", {**told, "note": "late"})
    assert [one.state for one in case_in(bought).money] == ["done"]


@pytest.mark.parametrize(("word", "becomes"), [("completed", "done"), ("failed", "failed")])
@pytest.mark.parametrize("behind", [1, 59 * SECOND_MS, 8 * HOUR_MS, 400 * DAY_MS])
def test_an_answer_by_a_clock_that_is_behind_is_no_earlier_than_its_question(
    bought: FakeServices, word: str, becomes: str, behind: int
) -> None:
    money = propose(bought, "100.00")
    bought.time += MINUTE_MS
    step(bought, money.id, "request")
    told = {"case_external_id": "web-1", "money": money.id, "occurred_at": format_instant(bought.time - behind)}
    bought.time += MINUTE_MS
    for _ in range(2):
        assert bought.hook(f"refund.{word}", told).state == "processed"
    assert [one.state for one in case_in(bought).money] == [becomes]
    answers = [one for one in bought.cases.events(KEY) if one.type in ("money_done", "money_failed")]
    assert len(answers) == 1
    assert answers[0].at <= bought.time


def test_money_the_shop_paid_before_it_was_asked_is_done_and_asked_for_no_more(bought: FakeServices) -> None:
    money = propose(bought, "250.00")
    told = {"case_external_id": "web-1", "money": money.id, "occurred_at": format_instant(bought.time - HOUR_MS)}
    bought.time += MINUTE_MS
    step(bought, money.id, "approve", LEE, second=True)
    bought.hook("refund.completed", told)
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
        propose_money(bought, Command(case=other.id, shop="demo", by=LEE), asked("110.01"))
    propose_money(bought, Command(case=other.id, shop="demo", by=LEE), asked("110.00"))
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
            propose_money(bought, Command(case=other.id, shop="demo", by=LEE), asked("300.00"))
        commit(change)

    monkeypatch.setattr(bought.cases, "commit", slower)
    with pytest.raises(Conflict, match=r"10\.00 CNY"):
        propose(bought, "300.00")


def test_a_historical_case_gives_nothing(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT, historical=True))
    with pytest.raises(Conflict, match="historical"):
        propose(services, "1.00")


class OrderMoney(RuleBasedStateMachine):
    """Two agents, a supervisor and a shop that pays each id at most once; its answers come late and doubled."""

    @initialize(races=st.integers(0, 5))
    def open(self, races: int) -> None:
        self.services = FakeServices()
        put_policy(self.services, "demo", Policy(after_sales=AfterSales(second_person_above="120")))
        for name in ("web-1", "web-2"):
            self.services.hook("case.requested", request(external_id=name, order=BOUGHT))
        self.services.cases.races = races
        self.answers: list[tuple[str, str]] = []
        self.paid: dict[str, Decimal] = {}

    def tries(self, act: Any) -> None:
        self.services.time += MINUTE_MS
        with contextlib.suppress(AftercareError):
            act()

    def pick(self, which: int) -> str:
        known = case_in(self.services).money
        return known[which % len(known)].id if known else "0" * 26

    @rule(by=st.sampled_from([MEI, LEE]), cents=st.integers(1, 40_000))
    def propose_elsewhere(self, by: Actor, cents: int) -> None:
        """In the other case of the same order."""
        other = self.services.cases.load(case_key("demo", "web-2")).case
        assert other is not None
        command = Command(case=other.id, shop="demo", by=by)
        self.tries(lambda: propose_money(self.services, command, asked(f"{cents / 100:.2f}")))

    @rule(by=st.sampled_from([MEI, LEE]), cents=st.integers(1, 40_000), sku=st.sampled_from(["", "SHOE", "SOCK"]))
    def propose(self, by: Actor, cents: int, sku: str) -> None:
        amount = f"{cents / 100:.2f}"
        self.tries(lambda: propose(self.services, amount, by, **({sku: amount} if sku else {})))

    @rule(which=st.integers(0, 9), name=st.sampled_from(["approve", "decline", "lose"]), by=st.sampled_from([MEI, LEE]))
    def step(self, which: int, name: str, by: Actor) -> None:
        self.tries(lambda: step(self.services, self.pick(which), name, by, second=True))

    @rule(which=st.integers(0, 9), pays=st.booleans())
    def request(self, which: int, pays: bool) -> None:
        """The shop is asked; it pays or it does not, and will say which some day."""

        def act() -> None:
            money = step(self.services, self.pick(which), "request")
            if pays:
                assert money.id not in self.paid, "paid twice"
                self.paid[money.id] = money.amount.value
            self.answers.append((money.id, "refund.completed" if pays else "refund.failed"))

        self.tries(act)

    @rule(which=st.integers(0, 9), ago=st.integers(0, 30))
    def hear(self, which: int, ago: int) -> None:
        """An answer of the shop arrives: late, perhaps again, dated a while ago."""
        if self.answers:
            money, kind = self.answers[which % len(self.answers)]
            at = format_instant(self.services.time - ago * MINUTE_MS)
            self.services.hook(kind, {"case_external_id": "web-1", "money": money, "occurred_at": at})

    @invariant()
    def never_more_than_was_paid(self) -> None:
        if hasattr(self, "services"):
            cases = [stored.case for stored in self.services.cases.headers.values() if stored.case]
            money = [one for case in cases for one in case.money]
            assert sum((one.amount.value for one in money if one.counts), Decimal(0)) <= Decimal(310)
            assert sum(self.paid.values(), Decimal(0)) <= Decimal(310)
            for sku, most in (("SHOE", 200), ("SOCK", 100)):
                parts = [Decimal(line.amount) for one in money if one.counts for line in one.lines if line.sku == sku]
                assert sum(parts, Decimal(0)) <= most


TestTill = OrderMoney.TestCase
TestTill.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
