"""Giving a customer something: propose it, have it approved, ask the shop to pay, write down what came of it."""

from decimal import Decimal
from uuid import uuid4

from chalicelib.domain import events
from chalicelib.domain.cases import Case
from chalicelib.domain.errors import Conflict, NotAllowed, NotFound, invalid
from chalicelib.domain.events import AnyFact, MoneyApproved, MoneyFact, MoneyProposed, Order
from chalicelib.domain.flows.compensation import (
    LEADS_FROM,
    MAX_KEPT,
    Compensation,
    Line,
    MoneyState,
    Paid,
    find,
    too_much,
)
from chalicelib.domain.flows.inputs import MoneyAsked, MoneyStep
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.money import Money
from chalicelib.usecases.desk import Desk, rules_of
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.work_case import Deed, carry_out

STEPS: dict[str, tuple[MoneyState, type[MoneyFact]]] = {
    "approve": ("approved", MoneyApproved), "decline": ("declined", events.MoneyDeclined),
    "request": ("requested", events.MoneyRequested), "lose": ("unknown", events.MoneyUnknown),
    "fail": ("failed", events.MoneyFailed), "finish": ("done", events.MoneyDone),
}  # fmt: skip
"""What staff may say of proposed money, and the state it comes to."""


def propose_money(desk: Desk, deed: Deed, asked: MoneyAsked) -> Stored:
    """Propose to give something. Small amounts are approved at once, by the policy's rule; others wait for a second
    person. Conflict when it is more than is left of what was paid."""
    money = new_id(desk.now(), key_of("money", deed.case, str(uuid4())))
    paid = paid_for(_order(desk, deed))
    lines = tuple(Line(one.sku, one.amount) for one in asked.lines)
    _check_lines(asked, lines)

    def decide(case: Case) -> list[AnyFact]:
        wanted = Compensation(
            id=money, kind=asked.kind, amount=asked.amount.money(), lines=lines,
            by=deed.by.id or deed.by.kind,
        )  # fmt: skip
        _check_room(paid, case, wanted)
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
            _check_second(given, deed, second_person)
        return [fact(money=money, reason=told.reason)]  # type: ignore[list-item]

    return carry_out(desk, deed, decide)


def paid_for(order: Order | None) -> Paid | None:
    """What was paid for an order: its total, or else the sum of its prices; None when that is not known."""
    if order is None:
        return None
    priced = [item for item in order.items if item.price is not None]
    lines: dict[str, Decimal] = {}
    for item in priced:
        assert item.price is not None
        lines[item.sku] = lines.get(item.sku, Decimal(0)) + item.price.value * item.quantity
    if order.total is not None:
        return Paid(order.total, lines)
    currencies = {item.price.currency for item in priced if item.price}
    if len(priced) < len(order.items) or len(currencies) != 1:
        return None
    return Paid(Money(str(sum(lines.values(), Decimal(0))), currencies.pop()), lines)


def _order(desk: Desk, deed: Deed) -> Order | None:
    key = key_in(deed.case)
    return desk.cases.opening([key])[key].order


def _check_lines(asked: MoneyAsked, lines: tuple[Line, ...]) -> None:
    if Decimal(asked.amount.amount) <= 0 or any(Decimal(one.amount) <= 0 for one in lines):
        raise invalid("amount", "is more than nothing")
    if lines and sum((Decimal(one.amount) for one in lines), Decimal(0)) != Decimal(asked.amount.amount):
        raise invalid("lines", f"do not add up to {asked.amount.amount}")


def _check_room(paid: Paid | None, case: Case, wanted: Compensation) -> None:
    if len(case.money) >= MAX_KEPT:
        raise Conflict(f"The case has {MAX_KEPT} compensations already; open another case.")
    why = too_much(paid, case.money, wanted)
    if why is not None:
        raise Conflict(f"{wanted.amount.amount} {wanted.amount.currency} is too much: {why}.")


def _check_second(given: Compensation, deed: Deed, second_person: bool) -> None:
    if not second_person:
        raise NotAllowed("Approving and declining money needs the group 'supervisor' or 'admin'.")
    if given.by == deed.by.id:
        raise NotAllowed("Who proposed it cannot approve it: a second person does.")
