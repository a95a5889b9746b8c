"""What may be given, and by whom: the rules a proposal is held against before it is written down."""

from decimal import Decimal

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import MAX_KEPT, Compensation, ExternalRefund, Paid, too_much
from chalicelib.domain.kernel.errors import Conflict, NotAllowed, invalid
from chalicelib.domain.kernel.money import Line, Money, check_coin, money_of, split, to_coin
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.sla.policies import AfterSales


def passes(amount: Money, rules: AfterSales) -> str | None:
    """The rule that lets an amount pass without a second person; None when one is needed."""
    above = rules.second_person_above
    return f"up to {above}" if amount.value <= Decimal(above) else None


def paid_for(order: Order | None) -> Paid | None:
    """What was paid for an order, for each of its things and for shipping; None when that is not known.

    In all it is the order's total, less what is still to be paid, or else the sum of its lines and shipping. For a line
    it is what was told, or else its price times its quantity. Lines and shipping that come to more than the total share
    a discount nobody allocated: each is less by its part of it, by the largest remainder. Where they come to less, the
    rest is nobody's own, but for a single line without a price: that was the rest.
    """
    if order is None:
        return None
    told = order.total or _sum(order)
    if told is None:
        return None
    currency = told.currency
    total = _paid_yet(told, order.outstanding)
    known = [(item, paid) for item in order.items if (paid := paid_of(item, currency)) is not None]
    shipping = order.shipping if order.shipping and order.shipping.currency == currency else None
    whole = max(total.value, Decimal(0))
    bare = [item for item in order.items if item.paid is None and item.price is None]
    if len(bare) == 1:
        rest = whole - sum((paid for _, paid in known), shipping.value if shipping else Decimal(0))
        known.append((bare[0], max(rest, Decimal(0))))
    parts = [paid for _, paid in known] + ([shipping.value] if shipping else [])
    if sum(parts, Decimal(0)) > whole:
        parts = split(whole, parts, currency)
    lines: dict[str, Decimal] = {}
    for (item, _), part in zip(known, parts, strict=False):
        lines[item.sku] = lines.get(item.sku, Decimal(0)) + part
    return Paid(total, lines, parts[-1] if shipping else None)


def _paid_yet(total: Money, outstanding: Money | None) -> Money:
    if outstanding is None or outstanding.currency != total.currency or outstanding.value <= 0:
        return total
    return money_of(max(total.value - outstanding.value, Decimal(0)), total.currency)


def paid_of(item: OrderItem, currency: str) -> Decimal | None:
    """What was paid for a line, to the coin; None when it was not told in this currency."""
    if item.paid is not None:
        return max(to_coin(item.paid.value, currency), Decimal(0)) if item.paid.currency == currency else None
    if item.price is None or item.price.currency != currency:
        return None
    return max(to_coin(item.price.value * item.quantity, currency), Decimal(0))


def _sum(order: Order) -> Money | None:
    """What its lines and shipping come to; None where one is not known, or not in the currency of the others."""
    told = [item.paid or item.price for item in order.items]
    currencies = {one.currency for one in (*told, order.shipping) if one is not None}
    if not told or None in told or len(currencies) != 1:
        return None
    currency = currencies.pop()
    parts = [paid_of(item, currency) or Decimal(0) for item in order.items]
    return money_of(sum(parts, order.shipping.value if order.shipping else Decimal(0)), currency)


def check_lines(amount: Money, lines: tuple[Line, ...]) -> None:
    """Refuse an amount that is nothing or finer than its currency's coin, and lines that do not add up to it."""
    if amount.value <= 0 or any(Decimal(one.amount) <= 0 for one in lines):
        raise invalid("amount", "is more than nothing")
    check_coin("amount", amount)
    for place, one in enumerate(lines):
        check_coin(f"lines[{place}].amount", Money(one.amount, amount.currency))
    if lines and sum((Decimal(one.amount) for one in lines), Decimal(0)) != amount.value:
        raise invalid("lines", f"do not add up to {amount.amount}")


def check_case(case: Case) -> None:
    """Refuse to give anything by a case that was told as history, or that gives very much already."""
    if case.historical:
        raise Conflict("A historical case gives nothing: what it gave was given then.")
    if len(case.money) >= MAX_KEPT:
        raise Conflict(f"The case has {MAX_KEPT} compensations already; open another case.")


def check_room(
    paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation, back: tuple[ExternalRefund, ...] = ()
) -> None:
    """Refuse what is more than is left of what was paid; Conflict says how much that is."""
    why = too_much(paid, given, wanted, back)
    if why is not None:
        raise Conflict(f"{wanted.amount.amount} {wanted.amount.currency} is too much: {why}.")


def check_second(given: Compensation, by: str | None, second_person: bool) -> None:
    """Refuse approval by somebody who may not approve, or who proposed it."""
    if not second_person:
        raise NotAllowed("Approving and declining money needs the group 'supervisor' or 'admin'.")
    if given.by == by:
        raise NotAllowed("Who proposed it cannot approve it: a second person does.")
