"""Platforms and banks give money back while agents do: each payment counts once."""

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.flows.payloads import MoneyStep
from chalicelib.domain.kernel.errors import AftercareError, Conflict
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.orders.count_order_money import Counted, count_order_money
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.support.cases.case_work import LEE, MEI
from tests.support.cases.webhooks import request
from tests.support.orders.money import BOUGHT, money_asked

TOTAL, CASES = Decimal(310), ("web-1", "web-2")


class Storm(RuleBasedStateMachine):
    """Agents of two cases of one order, a shop that pays what it is asked for, and a platform and a bank that give
    money back by themselves: in odd cents, so that nobody takes theirs for an answer to ours."""

    @initialize(races=st.integers(0, 3))
    def begin(self, races: int) -> None:
        self.services = FakeServices()
        put_policy(self.services, "demo", Policy(after_sales=AfterSales(second_person_above="400")))
        for name in CASES:
            self.services.hook("case.requested", request(external_id=name, order=BOUGHT))
        self.services.cases.races = races
        self.paid: dict[str, tuple[Decimal, int]] = {}
        self.theirs: dict[str, Decimal] = {}
        self.charges: dict[str, tuple[Decimal, str]] = {}

    def case(self, which: int) -> Any:
        case = self.services.cases.load(case_key("demo", CASES[which])).case
        assert case is not None
        return case

    def counted(self) -> Counted:
        key = case_key("demo", CASES[0])
        return count_order_money(self.services, "demo", self.services.cases.opening([key])[key].order)

    def command(self, which: int, by: Any = MEI) -> Command:
        return Command(case=self.case(which).id, shop="demo", by=by)

    def send_order(self, **fields: Any) -> None:
        assert self.services.hook("order.updated", {"external_id": "O-1"} | fields).state == "processed"

    def meanwhile(self, cents: int) -> None:
        """During the next write, the platform refunds something."""
        commit = self.services.cases.commit

        def late(change: Any) -> None:
            self.services.cases.commit = commit  # type: ignore[method-assign]
            self.refund_theirs(cents)
            commit(change)

        self.services.cases.commit = late  # type: ignore[method-assign]

    def tries(self, act: Any, cents: int = 0) -> bool:
        self.services.time += MINUTE_MS
        if cents:
            self.meanwhile(cents)
        try:
            act()
        except AftercareError:
            return False
        finally:
            with contextlib.suppress(AttributeError):
                del self.services.cases.commit
        return True

    @rule(which=st.integers(0, 1), cents=st.integers(1, 10_000), late=st.sampled_from([0, 0, 501, 9_001]))
    def propose(self, which: int, cents: int, late: int) -> None:
        given = money_asked(f"{cents * 2 / 100:.2f}")
        self.tries(lambda: propose_money(self.services, self.command(which), given), late)

    @rule(which=st.integers(0, 1), money=st.integers(0, 9), name=st.sampled_from(["approve", "decline", "lose"]))
    def step(self, which: int, money: int, name: str) -> None:
        one = self.pick(which, money)
        if one is not None:
            self.tries(lambda: step_money(self.services, self.command(which, LEE), one.id, name, MoneyStep(), True))

    def pick(self, which: int, money: int) -> Compensation | None:
        known = self.case(which).money
        return known[money % len(known)] if known else None

    @rule(which=st.integers(0, 1), money=st.integers(0, 9), late=st.sampled_from([0, 501, 20_001]))
    def ask(self, which: int, money: int, late: int) -> None:
        """The shop is asked and pays at once, but reports it later or never."""
        one = self.pick(which, money)
        if one is None:
            return
        step = lambda: step_money(self.services, self.command(which), one.id, "request", MoneyStep(), False)  # noqa: E731
        if self.tries(step, late):
            found = self.counted()
            asked_for = [each for each in found.given if each.state in ("requested", "unknown", "done")]
            out = sum((each.amount.value for each in asked_for), Decimal(0))
            assert out + sum((back.amount for back in found.back.backs), Decimal(0)) <= TOTAL, "asked beyond room"
            self.paid[one.id] = (one.amount.value, self.services.time)

    @precondition(lambda self: bool(getattr(self, "paid", None)))
    @rule(which=st.integers(0, 9), how=st.sampled_from(["by id", "by amount", "completed"]))
    def report_payment(self, which: int, how: str) -> None:
        """The shop reports that it paid, perhaps again, perhaps in another way."""
        money = sorted(self.paid)[which % len(self.paid)]
        amount, at = self.paid[money]
        if how == "completed":
            for name, place in zip(CASES, (0, 1), strict=True):
                if any(one.id == money for one in self.case(place).money):
                    self.services.hook("refund.completed", {"case_external_id": name, "money": money})
            return
        refund = {
            "id": f"of-{money}",
            "amount": {"amount": str(amount), "currency": "CNY"},
            "refunded_at": format_instant(at),
        }
        self.send_order(refunds=[refund | ({"money": money} if how == "by id" else {})])

    @rule(cents=st.integers(0, 5_000))
    def refund_theirs(self, cents: int) -> None:
        name, amount = f"R-{len(self.theirs)}", Decimal(cents * 2 + 1) / 100
        self.theirs[name] = amount
        self.send_order(refunds=[{"id": name, "amount": {"amount": str(amount), "currency": "CNY"}}])

    @rule(cents=st.integers(0, 5_000), which=st.integers(0, 3), state=st.sampled_from(["open", "won", "lost"]))
    def charge_back(self, cents: int, which: int, state: str) -> None:
        self.services.time += MINUTE_MS
        name = f"D-{which}"
        amount, _ = self.charges.get(name, (Decimal(cents * 2 + 1) / 100, ""))
        self.charges[name] = (amount, state)
        self.send_order(disputes=[{"id": name, "amount": {"amount": str(amount), "currency": "CNY"}, "state": state}])

    @invariant()
    def each_payment_counts_and_counts_once(self) -> None:
        if not hasattr(self, "services"):
            return
        found = self.counted()
        theirs = sum(self.theirs.values(), Decimal(0))
        taken = sum((amount for amount, state in self.charges.values() if state != "won"), Decimal(0))
        assert sum((back.amount for back in found.back.backs), Decimal(0)) == theirs + taken
        ours = {one.id: one.amount.value for one in found.given if one.counts}
        assert self.paid.keys() <= ours.keys(), "paid and not counted"
        assert sum(ours.values(), Decimal(0)) <= TOTAL


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("what", ["refunds", "disputes"])
@pytest.mark.parametrize("step", ["propose", "request"])
def test_a_step_that_races_money_going_back_without_us_finds_it(
    services: FakeServices, what: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.hook("case.requested", request(order=BOUGHT))
    case = services.cases.load(case_key("demo", "web-1")).case
    assert case is not None
    mine = Command(case=case.id, shop="demo", by=MEI)
    if step == "request":
        given = propose_money(services, mine, money_asked("150.00")).case
    commit, entries = services.cases.commit, [{"id": "R", "amount": {"amount": "300.00", "currency": "CNY"}}]

    def late(change: Any) -> None:
        monkeypatch.setattr(services.cases, "commit", commit)
        services.hook("order.updated", {"external_id": "O-1", what: entries})
        commit(change)

    monkeypatch.setattr(services.cases, "commit", late)

    def act() -> None:
        if step == "propose":
            propose_money(services, mine, money_asked("300.00"))
        else:
            assert given is not None
            step_money(services, mine, given.money[0].id, "request", MoneyStep(), False)

    with pytest.raises(Conflict, match=r"10\.00 CNY of what was paid are left; 300\.00 CNY went back without us"):
        act()


def test_a_case_that_called_its_order_by_its_number_counts_with_the_others(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT | {"external_id": "1042"}))
    services.hook("order.updated", {"external_id": "O-1", "number": "1042", "total": BOUGHT["total"]})
    services.hook("case.requested", request(external_id="web-2", order={"external_id": "O-1"}))
    first, second = (services.cases.load(case_key("demo", name)).case for name in CASES)
    assert first is not None
    assert second is not None
    propose_money(services, Command(case=first.id, shop="demo", by=MEI), money_asked("200.00"))
    with pytest.raises(Conflict, match=r"110\.00 CNY"):
        propose_money(services, Command(case=second.id, shop="demo", by=MEI), money_asked("111.00"))
