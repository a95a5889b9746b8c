"""The lines of a platform's order, with what was paid for each if items were removed from the order later."""

from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.money import split
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderItemIn
from chalicelib.domain.platforms.payload_reader import money_of

ZERO = Decimal(0)


class SoldLine(Struct, frozen=True, kw_only=True):
    """A line of an order. `ordered`: the quantity at first. `current`: the quantity still in the order. `line_total`:
    the price of all that was ordered, after discounts and with taxes; None if it is unknown."""

    sku: str
    line: str | None
    title: str | None = None
    price: MoneyIn | None = None
    ordered: int = 1
    current: int = 1
    line_total: Decimal | None = None
    goods: bool = True


def remaining_items(
    lines: list[SoldLine], shipping: Decimal, total: MoneyIn | None, currency: str
) -> tuple[OrderItemIn, ...]:
    """The lines that are still in the order. If removed items were not paid back, what was paid for their lines is
    lower: together by the difference between the lines with the shipping and the total of the order."""
    line_totals = [_rounded_total(line, currency) for line in lines]
    removed = [
        line_total - _current_part(line, line_total, currency)
        for line, line_total in zip(lines, line_totals, strict=True)
    ]
    excess = sum(line_totals, shipping) - total.money().value if total else ZERO
    unpaid = min(max(excess, ZERO), sum(removed, ZERO))
    reductions = split(unpaid, removed, currency) if any(removed) else removed
    return tuple(
        _item(line, line_total - reduction, currency)
        for line, line_total, reduction in zip(lines, line_totals, reductions, strict=True)
        if line.current > 0
    )


def _item(line: SoldLine, paid: Decimal, currency: str) -> OrderItemIn:
    return OrderItemIn(
        sku=line.sku,
        title=line.title,
        quantity=line.current,
        price=line.price,
        line=line.line,
        goods=line.goods,
        paid=money_of(paid, currency) if line.line_total is not None else None,
        ordered=line.ordered,
    )


def _rounded_total(line: SoldLine, currency: str) -> Decimal:
    total = money_of(line.line_total or ZERO, currency)
    return total.money().value if total else ZERO


def _current_part(line: SoldLine, line_total: Decimal, currency: str) -> Decimal:
    """The part of the total of a line that belongs to the items still in the order."""
    removed = max(line.ordered - line.current, 0)
    return split(line_total, [Decimal(max(line.current, 0)), Decimal(removed)], currency)[0] if removed else line_total
