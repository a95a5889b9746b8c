"""Whatever agents, shops and timers do with money, never more is given than was paid for the order."""

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.aftersales.compensate import propose_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.support.cases.case_work import LEE, MEI, case_in
from tests.support.cases.webhooks import request
from tests.support.orders.money import BOUGHT, money_asked, propose, step


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
        """Propose money in the other case of the same order."""
        other = self.services.cases.load(case_key("demo", "web-2")).case
        assert other is not None
        command = Command(case=other.id, shop="demo", by=by)
        self.tries(lambda: propose_money(self.services, command, money_asked(f"{cents / 100:.2f}")))

    @rule(by=st.sampled_from([MEI, LEE]), cents=st.integers(1, 40_000), sku=st.sampled_from(["", "SHOE", "SOCK"]))
    def propose(self, by: Actor, cents: int, sku: str) -> None:
        amount = f"{cents / 100:.2f}"
        self.tries(lambda: propose(self.services, amount, by, **({sku: amount} if sku else {})))

    @rule(which=st.integers(0, 9), name=st.sampled_from(["approve", "decline", "lose"]), by=st.sampled_from([MEI, LEE]))
    def step(self, which: int, name: str, by: Actor) -> None:
        self.tries(lambda: step(self.services, self.pick(which), name, by, second=True))

    @rule(which=st.integers(0, 9), pays=st.booleans())
    def request(self, which: int, pays: bool) -> None:
        """The shop is asked to pay; it pays or not, and its answer follows later."""

        def act() -> None:
            money = step(self.services, self.pick(which), "request")
            if pays:
                assert money.id not in self.paid, "paid twice"
                self.paid[money.id] = money.amount.value
            self.answers.append((money.id, "refund.completed" if pays else "refund.failed"))

        self.tries(act)

    @rule(which=st.integers(0, 9), ago=st.integers(0, 30))
    def receive_answer(self, which: int, ago: int) -> None:
        """An answer of the shop arrives: late, perhaps again, dated a while ago."""
        if self.answers:
            money, kind = self.answers[which % len(self.answers)]
            at = format_instant(self.services.time - ago * MINUTE_MS)
            self.services.hook(kind, {"case_external_id": "web-1", "money": money, "occurred_at": at})

    @invariant()
    def never_more_than_was_paid(self) -> None:
        if hasattr(self, "services"):
            cases = [stored.case for stored in self.services.cases.stored.values() if stored.case]
            money = [one for case in cases for one in case.money]
            assert sum((one.amount.value for one in money if one.counts), Decimal(0)) <= Decimal(310)
            assert sum(self.paid.values(), Decimal(0)) <= Decimal(310)
            for sku, most in (("SHOE", 200), ("SOCK", 100)):
                parts = [Decimal(line.amount) for one in money if one.counts for line in one.lines if line.sku == sku]
                assert sum(parts, Decimal(0)) <= most


TestTill = OrderMoney.TestCase
TestTill.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
