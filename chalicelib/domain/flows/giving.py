"""What may be given, and by whom: the rules a proposal is held against before it is written down."""

from decimal import Decimal

from chalicelib.domain.cases import Case
from chalicelib.domain.errors import Conflict, NotAllowed, invalid
from chalicelib.domain.flows.compensation import MAX_KEPT, Compensation, Line, Paid, too_much
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order
from chalicelib.domain.policies import AfterSales


def passes(amount: Money, rules: AfterSales) -> str | None:
    """The rule that lets an amount pass without a second person; None when one is needed."""
    above = rules.second_person_above
    return f"up to {above}" if amount.value <= Decimal(above) else None


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


def check_lines(amount: Money, lines: tuple[Line, ...]) -> None:
    """Refuse an amount that is nothing, and lines that do not add up to it."""
    if amount.value <= 0 or any(Decimal(one.amount) <= 0 for one in lines):
        raise invalid("amount", "is more than nothing")
    if lines and sum((Decimal(one.amount) for one in lines), Decimal(0)) != amount.value:
        raise invalid("lines", f"do not add up to {amount.amount}")


def check_case(case: Case) -> None:
    """Refuse to give anything by a case that was told as history, or that gives very much already."""
    if case.historical:
        raise Conflict("A historical case gives nothing: what it gave was given then.")
    if len(case.money) >= MAX_KEPT:
        raise Conflict(f"The case has {MAX_KEPT} compensations already; open another case.")


def check_room(paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation) -> None:
    """Refuse what is more than is left of what was paid; Conflict says how much that is."""
    why = too_much(paid, given, wanted)
    if why is not None:
        raise Conflict(f"{wanted.amount.amount} {wanted.amount.currency} is too much: {why}.")


def check_second(given: Compensation, by: str | None, second_person: bool) -> None:
    """Refuse approval by somebody who may not approve, or who proposed it."""
    if not second_person:
        raise NotAllowed("Approving and declining money needs the group 'supervisor' or 'admin'.")
    if given.by == by:
        raise NotAllowed("Who proposed it cannot approve it: a second person does.")
