"""Giving a customer something: propose it, have it approved, ask the shop to pay, write down what came of it."""

from uuid import uuid4

from chalicelib.domain.cases import Case
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.events import AnyFact
from chalicelib.domain.flows import facts as flow_facts
from chalicelib.domain.flows.compensation import (
    LEADS_FROM,
    Compensation,
    Line,
    MoneyState,
    find,
)
from chalicelib.domain.flows.facts import MoneyApproved, MoneyFact, MoneyProposed
from chalicelib.domain.flows.giving import check_case, check_lines, check_room, check_second, paid_for, passes
from chalicelib.domain.flows.inputs import MoneyAsked, MoneyStep
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.orders import Order
from chalicelib.usecases.desk import Desk, rules_of
from chalicelib.usecases.ports import Ledger, Stored
from chalicelib.usecases.work_case import Deed, carry_out

STEPS: dict[str, tuple[MoneyState, type[MoneyFact]]] = {
    "approve": ("approved", MoneyApproved), "decline": ("declined", flow_facts.MoneyDeclined),
    "request": ("requested", flow_facts.MoneyRequested), "lose": ("unknown", flow_facts.MoneyUnknown),
    "ask": ("unknown", flow_facts.MoneyUnknown),
    "fail": ("failed", flow_facts.MoneyFailed), "finish": ("done", flow_facts.MoneyDone),
}  # fmt: skip
"""What staff may say of proposed money, and the state it comes to."""


def propose_money(desk: Desk, deed: Deed, asked: MoneyAsked, money: str | None = None) -> Stored:
    """Propose to give something. Small amounts are approved at once, by the policy's rule; others wait for a second
    person. Conflict when it is more than is left of what was paid, in all cases of the order. What is known under the
    id `money` already is not proposed again."""
    money = money or new_id(desk.now(), key_of("money", deed.case, str(uuid4())))
    order = _order(desk, deed)
    paid, till = paid_for(order), _Till(desk, deed.shop, order)
    lines = tuple(Line(one.sku, one.amount) for one in asked.lines)
    check_lines(asked.amount.money(), lines)

    def decide(case: Case) -> list[AnyFact]:
        if find(case.money, money) is not None:
            return []
        check_case(case)
        wanted = Compensation(
            id=money, kind=asked.kind, amount=asked.amount.money(), lines=lines,
            by=deed.by.id or deed.by.kind,
        )  # fmt: skip
        check_room(paid, (*case.money, *till.counted(but=key_in(case.id))), wanted)
        proposed = MoneyProposed(
            money=money, kind=wanted.kind, amount=wanted.amount, lines=lines, reason=asked.reason
        )  # fmt: skip
        rule = passes(wanted.amount, rules_of(desk, case.shop, case.policy, case.calendar).policy.after_sales)
        return [proposed, MoneyApproved(money=money, rule=rule)] if rule else [proposed]

    return carry_out(desk, deed, decide, till.ledger)


class _Till:
    """What an order's other cases give, as it was when it was last counted."""

    def __init__(self, desk: Desk, shop: str, order: Order | None) -> None:
        self.desk, self.shop, self.order = desk, shop, order
        self.version = 0

    def counted(self, but: str) -> list[Compensation]:
        """All that other cases give. The version is read first: what comes in between is found out by the write."""
        if self.order is None:
            return []
        self.version = self.desk.cases.ledger(self.shop, self.order.external_id)
        others = [key for key in self.desk.cases.of_order(self.shop, self.order.external_id) if key != but]
        found = self.desk.cases.load_many(others).values()
        return [one for stored in found if stored.case for one in stored.case.money]

    def ledger(self) -> Ledger | None:
        """What the write must find unchanged."""
        return Ledger(self.order.external_id, self.version) if self.order else None


def step_money(desk: Desk, deed: Deed, money: str, step: str, told: MoneyStep, second_person: bool) -> Stored:
    """Approve, decline, request, or write down what the shop answered. `second_person`: the caller may approve."""
    known = STEPS.get(step)
    if known is None:
        raise NotFound(f"There is no step {step!r}; there are {', '.join(STEPS)}.")
    state, fact = known

    def decide(case: Case) -> list[AnyFact]:
        given = find(case.money, money)
        if given is None:
            raise NotFound(f"The case knows no money {money!r}.")
        if given.state not in LEADS_FROM[state]:
            allowed = [name for name, (to, _) in STEPS.items() if given.state in LEADS_FROM[to]]
            raise Conflict(
                f"Money that is {given.state} takes no {step!r}; allowed now: {', '.join(allowed) or 'none'}.", allowed
            )
        if step in ("approve", "decline"):
            check_second(given, deed.by.id, second_person)
        return [fact(money=money, reason=told.reason)]  # type: ignore[list-item]

    return carry_out(desk, deed, decide)


def _order(desk: Desk, deed: Deed) -> Order | None:
    key = key_in(deed.case)
    return desk.cases.opening([key])[key].order
