"""Giving a customer something: propose it, have it approved, ask the shop to pay, write down what came of it."""

from decimal import Decimal
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
from chalicelib.domain.flows.giving import check_lines, check_room, check_second, paid_for
from chalicelib.domain.flows.inputs import MoneyAsked, MoneyStep
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.orders import Order
from chalicelib.usecases.desk import Desk, rules_of
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.work_case import Deed, carry_out

STEPS: dict[str, tuple[MoneyState, type[MoneyFact]]] = {
    "approve": ("approved", MoneyApproved), "decline": ("declined", flow_facts.MoneyDeclined),
    "request": ("requested", flow_facts.MoneyRequested), "lose": ("unknown", flow_facts.MoneyUnknown),
    "ask": ("unknown", flow_facts.MoneyUnknown),
    "fail": ("failed", flow_facts.MoneyFailed), "finish": ("done", flow_facts.MoneyDone),
}  # fmt: skip
"""What staff may say of proposed money, and the state it comes to."""


def propose_money(desk: Desk, deed: Deed, asked: MoneyAsked) -> Stored:
    """Propose to give something. Small amounts are approved at once, by the policy's rule; others wait for a second
    person. Conflict when it is more than is left of what was paid."""
    money = new_id(desk.now(), key_of("money", deed.case, str(uuid4())))
    paid = paid_for(_order(desk, deed))
    lines = tuple(Line(one.sku, one.amount) for one in asked.lines)
    check_lines(asked.amount.money(), lines)

    def decide(case: Case) -> list[AnyFact]:
        wanted = Compensation(
            id=money, kind=asked.kind, amount=asked.amount.money(), lines=lines,
            by=deed.by.id or deed.by.kind,
        )  # fmt: skip
        check_room(paid, case.money, wanted)
        proposed = MoneyProposed(
            money=money, kind=wanted.kind, amount=wanted.amount, lines=lines, reason=asked.reason
        )  # fmt: skip
        above = rules_of(desk, case.shop, case.policy, case.calendar).policy.after_sales.second_person_above
        if wanted.amount.value > Decimal(above):
            return [proposed]
        return [proposed, MoneyApproved(money=money, rule=f"up to {above}")]

    return carry_out(desk, deed, decide)


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
