"""The lines of a platform's order: what was paid for each, where some of it was taken off the order since."""

from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.money import split
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderItemIn
from chalicelib.domain.platforms.payload_reader import of


class Sold(Struct, frozen=True, kw_only=True):
    """A line as a platform tells it: so many were ordered, so many of them are still in the order, and this was to be
    paid for all that were ordered, discounts off and taxes on; None when that is not known."""

    sku: str
    line: str | None
    title: str | None = None
    price: MoneyIn | None = None
    ordered: int = 1
    current: int = 1
    whole: Decimal | None = None
    goods: bool = True


def items_of(sold: list[Sold], shipping: Decimal, total: MoneyIn | None, currency: str) -> tuple[OrderItemIn, ...]:
    """The lines that are still in the order. What was taken off it and not paid back lowers what was paid for its line:
    that is what the lines come to beyond the total."""
    wholes = [(whole.money().value if (whole := of(one.whole or Decimal(0), currency)) else Decimal(0)) for one in sold]
    removed = [whole - _kept(one, whole, currency) for one, whole in zip(sold, wholes, strict=True)]
    beyond = sum(wholes, shipping) - total.money().value if total else Decimal(0)
    off = split(min(max(beyond, Decimal(0)), sum(removed, Decimal(0))), removed, currency) if any(removed) else removed
    return tuple(
        OrderItemIn(
            sku=one.sku,
            title=one.title,
            quantity=one.current,
            price=one.price,
            line=one.line,
            goods=one.goods,
            paid=of(whole - less, currency) if one.whole is not None else None,
            ordered=one.ordered,
        )
        for one, whole, less in zip(sold, wholes, off, strict=True)
        if one.current > 0
    )


def _kept(one: Sold, whole: Decimal, currency: str) -> Decimal:
    """The part of a line that is for what is still in the order."""
    gone = max(one.ordered - one.current, 0)
    return split(whole, [Decimal(max(one.current, 0)), Decimal(gone)], currency)[0] if gone else whole
