"""Compensate a customer: propose money, have it approved, ask the shop to pay it, and record the result."""

from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.aftersales.compensation_checks import (
    approval_rule,
    check_amount_left,
    check_case,
    check_lines,
    check_second_person,
)
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
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class CompensateServices(HasAgents, HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `compensate` uses."""


STEPS: dict[str, tuple[MoneyState, type[MoneyFact]]] = {
    "approve": ("approved", MoneyApproved),
    "decline": ("declined", flow_facts.MoneyDeclined),
    "request": ("requested", flow_facts.MoneyRequested),
    "lose": ("unknown", flow_facts.MoneyUnknown),
    "ask": ("unknown", flow_facts.MoneyUnknown),
    "fail": ("failed", flow_facts.MoneyFailed),
    "finish": ("done", flow_facts.MoneyDone),
}
"""The steps staff take with proposed money; each leads to a state and is recorded as a fact."""
GIVING = ("approve", "request")
"""Steps towards payment: the amount left is checked again, because an external refund may have been made since."""


def propose_money(
    services: "CompensateServices", command: Command, proposal: MoneyAsked, money: str | None = None
) -> StoredCase:
    """Propose to give the customer money.

    The policy's rule approves small amounts at once. Others wait for a second person, and so does any amount for an
    order that has external refunds, was cancelled, or whose payment is disputed. Conflict when it is more than is left
    of what was paid, counting all cases of the order. A proposal with the id `money` is recorded once.
    """
    money = money or new_id(services.now(), key_of("money", command.case, str(uuid4())))
    order_money = OrderMoney(services, command.shop, _load_order(services, command))
    lines = tuple(Line(line.sku, line.amount) for line in proposal.lines)
    check_lines(proposal.amount.money(), lines)

    def decide(case: Case) -> list[Fact]:
        if find(case.money, money) is not None:
            return []
        check_case(case)
        wanted = Compensation(
            id=money,
            kind=proposal.kind,
            amount=proposal.amount.money(),
            lines=lines,
            by=command.by.id or command.by.kind,
        )
        counted = order_money.count(case)
        check_amount_left(counted.paid, counted.given, wanted, counted.back.backs)
        proposed = MoneyProposed(
            money=money, kind=wanted.kind, amount=wanted.amount, lines=lines, reason=proposal.reason
        )
        policy = rules_of(services, case.shop, case.policy, case.calendar).policy
        rule = approval_rule(wanted.amount, policy.after_sales)
        if rule is None or counted.back.needs_review:
            return [proposed]
        return [proposed, MoneyApproved(money=money, rule=rule)]

    return handle(services, command, decide, order_money.ledger)


def step_money(
    services: "CompensateServices", command: Command, money: str, step: str, details: MoneyStep, second_person: bool
) -> StoredCase:
    """Approve or decline money, request its payment, or record the shop's answer. `second_person`: the caller may
    approve. NotFound for an unknown step or money; Conflict when the money's state does not allow the step."""
    if step not in STEPS:
        raise NotFound(f"There is no step {step!r}; there are {', '.join(STEPS)}.")
    state, fact = STEPS[step]
    order_money = OrderMoney(services, command.shop, _load_order(services, command) if step in GIVING else None)

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
            check_second_person(given, command.by.id, second_person)
        if step in GIVING and given.kind in ORDER_MONEY:
            _check_amount_again(given, order_money.count(case))
        return [fact(money=money, reason=details.reason)]

    return handle(services, command, decide, order_money.ledger)


def _check_amount_again(given: Compensation, counted: Counted) -> None:
    """Refuse money when less is left than when it was proposed, or an external refund shows that it was paid."""
    if given.id in counted.back.ours.values():
        raise Conflict("A refund was reported that names this money: it was paid. Finish it instead of requesting it.")
    check_amount_left(counted.paid, counted.given, given, counted.back.backs)


def _load_order(services: "CompensateServices", command: Command) -> Order | None:
    key = key_of_id(command.case)
    return services.cases.opening([key])[key].order
