"""How much may be given to a customer, and who may approve it: the checks before a proposal is recorded."""

from decimal import Decimal

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import MAX_KEPT, Compensation, ExternalRefund, Paid, too_much
from chalicelib.domain.kernel.errors import Conflict, NotAllowed, invalid
from chalicelib.domain.kernel.money import Line, Money, check_coin, money_of, split, to_coin
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.sla.policies import AfterSales


def approval_rule(amount: Money, rules: AfterSales) -> str | None:
    """The rule that approves an amount without a second person; None when a second person is needed."""
    limit = rules.second_person_above
    return f"up to {limit}" if amount.value <= Decimal(limit) else None


def paid_for(order: Order | None) -> Paid | None:
    """What was paid for an order: in total, for each SKU and for shipping. None when the total cannot be computed.

    The total is the order's own, less what is still outstanding; without one it is the sum of lines and shipping.
    A line costs what the shop says was paid for it, or else its price times its quantity. When lines and shipping add
    up to more than the total, the difference is a discount that was not allocated: it is shared out in proportion, by
    the largest remainder. When they add up to less, the rest belongs to no line, unless exactly one line has no price:
    then the rest is the price of that line.
    """
    if order is None:
        return None
    stated = order.total or _sum_of_lines(order)
    if stated is None:
        return None
    currency = stated.currency
    total = _less_outstanding(stated, order.outstanding)
    shipping = order.shipping if order.shipping and order.shipping.currency == currency else None
    whole = max(total.value, Decimal(0))
    priced = _priced_lines(order, currency, whole, shipping)
    parts = [paid for _, paid in priced] + ([shipping.value] if shipping else [])
    if sum(parts, Decimal(0)) > whole:
        parts = split(whole, parts, currency)
    lines: dict[str, Decimal] = {}
    for (item, _), part in zip(priced, parts, strict=False):
        lines[item.sku] = lines.get(item.sku, Decimal(0)) + part
    return Paid(total, lines, parts[-1] if shipping else None)


def _priced_lines(
    order: Order, currency: str, whole: Decimal, shipping: Money | None
) -> list[tuple[OrderItem, Decimal]]:
    """The lines with what was paid for each; a single line without a price gets what the others leave of the whole."""
    priced = [(item, paid) for item in order.items if (paid := _line_paid(item, currency)) is not None]
    unpriced = [item for item in order.items if item.paid is None and item.price is None]
    if len(unpriced) == 1:
        rest = whole - sum((paid for _, paid in priced), shipping.value if shipping else Decimal(0))
        priced.append((unpriced[0], max(rest, Decimal(0))))
    return priced


def _less_outstanding(total: Money, outstanding: Money | None) -> Money:
    if outstanding is None or outstanding.currency != total.currency or outstanding.value <= 0:
        return total
    return money_of(max(total.value - outstanding.value, Decimal(0)), total.currency)


def _line_paid(item: OrderItem, currency: str) -> Decimal | None:
    """What was paid for a line, rounded to the currency's coin; None when it is not stated in this currency."""
    if item.paid is not None:
        return max(to_coin(item.paid.value, currency), Decimal(0)) if item.paid.currency == currency else None
    if item.price is None or item.price.currency != currency:
        return None
    return max(to_coin(item.price.value * item.quantity, currency), Decimal(0))


def _sum_of_lines(order: Order) -> Money | None:
    """The sum of lines and shipping; None when one of them has no price, or they have several currencies."""
    prices = [item.paid or item.price for item in order.items]
    currencies = {price.currency for price in (*prices, order.shipping) if price is not None}
    if not prices or None in prices or len(currencies) != 1:
        return None
    currency = currencies.pop()
    parts = [_line_paid(item, currency) or Decimal(0) for item in order.items]
    return money_of(sum(parts, order.shipping.value if order.shipping else Decimal(0)), currency)


def check_lines(amount: Money, lines: tuple[Line, ...]) -> None:
    """Refuse an amount of zero or less, one finer than its currency's coin, and lines that do not add up to it."""
    if amount.value <= 0 or any(Decimal(line.amount) <= 0 for line in lines):
        raise invalid("amount", "is more than nothing")
    check_coin("amount", amount)
    for index, line in enumerate(lines):
        check_coin(f"lines[{index}].amount", Money(line.amount, amount.currency))
    if lines and sum((Decimal(line.amount) for line in lines), Decimal(0)) != amount.value:
        raise invalid("lines", f"do not add up to {amount.amount}")


def check_case(case: Case) -> None:
    """Refuse to give anything on a historical case, or on one that has too many compensations already."""
    if case.historical:
        raise Conflict("A historical case gives nothing: what it gave was given then.")
    if len(case.money) >= MAX_KEPT:
        raise Conflict(f"The case has {MAX_KEPT} compensations already; open another case.")


def check_amount_left(
    paid: Paid | None, given: tuple[Compensation, ...], wanted: Compensation, external: tuple[ExternalRefund, ...] = ()
) -> None:
    """Refuse more than is left of what was paid, after compensations and external refunds; Conflict says how much."""
    why = too_much(paid, given, wanted, external)
    if why is not None:
        raise Conflict(f"{wanted.amount.amount} {wanted.amount.currency} is too much: {why}.")


def check_second_person(given: Compensation, by: str | None, second_person: bool) -> None:
    """Refuse approval by somebody who may not approve (`second_person` is False), or who proposed it themselves."""
    if not second_person:
        raise NotAllowed("Approving and declining money needs the group 'supervisor' or 'admin'.")
    if given.by == by:
        raise NotAllowed("Who proposed it cannot approve it: a second person does.")
