"""Giving a customer something: propose it, have it approved, ask the shop to pay, write down what came of it."""

from uuid import uuid4

from chalicelib.domain.aftersales.compensation_checks import check_case, check_lines, check_room, check_second, passes
from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows import facts as flow_facts
from chalicelib.domain.flows.compensation import LEADS_FROM, ORDER_MONEY, Compensation, MoneyState, find
from chalicelib.domain.flows.facts import MoneyApproved, MoneyFact, MoneyProposed
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.money import Line
from chalicelib.domain.orders.order import Order
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.orders.count_order_money import Counted, OrderMoney
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, rules_of

STEPS: dict[str, tuple[MoneyState, type[MoneyFact]]] = {
    "approve": ("approved", MoneyApproved),
    "decline": ("declined", flow_facts.MoneyDeclined),
    "request": ("requested", flow_facts.MoneyRequested),
    "lose": ("unknown", flow_facts.MoneyUnknown),
    "ask": ("unknown", flow_facts.MoneyUnknown),
    "fail": ("failed", flow_facts.MoneyFailed),
    "finish": ("done", flow_facts.MoneyDone),
}
"""What staff may say of proposed money, and the state it comes to."""
GIVING = ("approve", "request")
"""Steps that lead to its being paid: room is looked for again, for some may have gone back without us since."""


def propose_money(services: Services, command: Command, asked: MoneyAsked, money: str | None = None) -> StoredCase:
    """Propose to give something. Small amounts are approved at once, by the policy's rule; others wait for a second
    person, and so does everything of an order of which money went back without us, that was called off, or whose
    payment is disputed. Conflict when it is more than is left of what was paid, in all cases of the order. What is
    known under the id `money` already is not proposed again."""
    money = money or new_id(services.now(), key_of("money", command.case, str(uuid4())))
    till = OrderMoney(services, command.shop, _order(services, command))
    lines = tuple(Line(one.sku, one.amount) for one in asked.lines)
    check_lines(asked.amount.money(), lines)

    def decide(case: Case) -> list[Fact]:
        if find(case.money, money) is not None:
            return []
        check_case(case)
        wanted = Compensation(
            id=money,
            kind=asked.kind,
            amount=asked.amount.money(),
            lines=lines,
            by=command.by.id or command.by.kind,
        )
        counted = till.count(case)
        check_room(counted.paid, counted.given, wanted, counted.back.backs)
        proposed = MoneyProposed(money=money, kind=wanted.kind, amount=wanted.amount, lines=lines, reason=asked.reason)
        rule = passes(wanted.amount, rules_of(services, case.shop, case.policy, case.calendar).policy.after_sales)
        if rule is None or counted.back.needs_review:
            return [proposed]
        return [proposed, MoneyApproved(money=money, rule=rule)]

    return handle(services, command, decide, till.ledger)


def step_money(
    services: Services, command: Command, money: str, step: str, told: MoneyStep, second_person: bool
) -> StoredCase:
    """Approve, decline, request, or write down what the shop answered. `second_person`: the caller may approve."""
    known = STEPS.get(step)
    if known is None:
        raise NotFound(f"There is no step {step!r}; there are {', '.join(STEPS)}.")
    state, fact = known
    till = OrderMoney(services, command.shop, _order(services, command) if step in GIVING else None)

    def decide(case: Case) -> list[Fact]:
        given = find(case.money, money)
        if given is None:
            raise NotFound(f"The case knows no money {money!r}.")
        if given.state not in LEADS_FROM[state]:
            allowed = [name for name, (to, _) in STEPS.items() if given.state in LEADS_FROM[to]]
            raise Conflict(
                f"Money that is {given.state} takes no {step!r}; allowed now: {', '.join(allowed) or 'none'}.", allowed
            )
        if step in ("approve", "decline"):
            check_second(given, command.by.id, second_person)
        if step in GIVING and given.kind in ORDER_MONEY:
            _check_again(given, till.count(case))
        return [fact(money=money, reason=told.reason)]

    return handle(services, command, decide, till.ledger)


def _check_again(given: Compensation, counted: Counted) -> None:
    """Refuse what is being given when less is left than when it was proposed, or when it was paid already."""
    if given.id in counted.back.ours.values():
        raise Conflict("A refund was told that names this money: it was paid. Finish it; it must not be asked for.")
    check_room(counted.paid, counted.given, given, counted.back.backs)


def _order(services: Services, command: Command) -> Order | None:
    key = key_of_id(command.case)
    return services.cases.opening([key])[key].order
