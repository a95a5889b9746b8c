"""Shopify's refunds: what went back of an order, for which lines, as far as it moved money."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.errors import Unheeded, invalid
from chalicelib.domain.flows.inputs import LineIn
from chalicelib.domain.money import split
from chalicelib.domain.order_inputs import OrderTold, RefundIn
from chalicelib.domain.orders import RefundState
from chalicelib.domain.platforms.reading import loosely, money, money_named, name, of, some
from chalicelib.domain.platforms.shopify.amounts import ZERO, Both, in_shop_money, shop_value
from chalicelib.domain.shapes import MoneyIn


class LineRef(Struct):
    """The line of an order that something is about."""

    id: int | None = None
    sku: str | None = None
    variant_id: int | None = None


class Transaction(Struct):
    """A payment, or one back."""

    amount: str | float | None = None
    amount_set: Both | None = None
    currency: str | None = None
    kind: str | None = None
    status: str | None = None
    test: bool | None = None


class RefundedLine(Struct):
    """So much of a line that was refunded."""

    line_item_id: int | None = None
    line_item: LineRef | None = None
    subtotal: str | float | None = None
    subtotal_set: Both | None = None
    total_tax: str | float | None = None
    total_tax_set: Both | None = None


class Adjustment(Struct):
    """What of a refund is for no goods; amounts are less than nothing."""

    kind: str | None = None
    amount: str | float | None = None
    amount_set: Both | None = None
    tax_amount: str | float | None = None
    tax_amount_set: Both | None = None


class Refund(Struct):
    """A refund as webhooks tell it."""

    id: int | None = None
    order_id: int | None = None
    note: str | None = None
    created_at: datetime | None = None
    processed_at: datetime | None = None
    transactions: list[Transaction | None] | None = None
    refund_line_items: list[RefundedLine | None] | None = None
    order_adjustments: list[Adjustment | None] | None = None


def sku_of(sku: str | None, variant: int | None, line: int | None) -> str:
    """What a line's things are called: by the shop, or else by the platform's ids."""
    return name(sku) or (f"variant-{variant}" if variant else f"line-{line}")


STATES: dict[str | None, RefundState] = {"success": "done", "pending": "pending"}
"""Of a payment that was made, or is on its way. With one of each it counts as made: what fails of it is told again."""


def refund_of(told: Refund, currency: str, order: Both | None = None) -> RefundIn | None:
    """What went back, in the shop's currency; `order` is its order's total in both. None when no money was ever to
    move; what came to nothing is told as failed, for it may have been told otherwise before."""
    moves = [one for one in some(told.transactions) if one.kind == "refund" and not one.test]
    paid = [one for one in moves if one.status in STATES]
    state: RefundState = min((STATES[one.status] for one in paid), default="failed")  # done comes before pending
    sets = [*_sets(told), order]
    amounts = [amount for one in paid or moves if (amount := _amount(one, currency, sets))]
    if not amounts or len({one.currency for one in amounts}) != 1:
        return None
    value = sum((one.money().value for one in amounts), ZERO)
    whole = of(value, amounts[0].currency)
    lines, shipping = _parts(told, value, amounts[0].currency) if paid else ((), ZERO)
    return None if whole is None else RefundIn(
        id=str(told.id or 0), amount=whole, refunded_at=told.processed_at or told.created_at, state=state, lines=lines,
        money=money_named(told.note),
        shipping=of(shipping, whole.currency) if shipping else None,
    )  # fmt: skip


def _sets(told: Refund) -> Iterator[Both | None]:
    for line in some(told.refund_line_items):
        yield from (line.subtotal_set, line.total_tax_set)
    yield from (one.amount_set for one in some(told.order_adjustments))


def _amount(told: Transaction, currency: str, sets: list[Both | None]) -> MoneyIn | None:
    if told.amount_set and told.amount_set.shop:
        return told.amount_set.shop
    amount = money(told.amount, told.currency or currency)
    return in_shop_money(amount, sets) if amount and amount.currency != currency else amount


def _parts(told: Refund, paid: Decimal, currency: str) -> tuple[tuple[LineIn, ...], Decimal]:
    """What was for which lines, and for shipping: no more in all than was paid. Where less was paid than they are
    worth, or taxes are in the prices already, each is less by its part."""
    rows = [(_line_sku(one), _worth(one)) for one in some(told.refund_line_items)]
    rows = [(sku, worth) for sku, worth in rows if worth > 0]
    back = sum((_adjusted(one) for one in some(told.order_adjustments) if one.kind == "shipping_refund"), ZERO)
    parts = [worth for _, worth in rows] + [max(back, ZERO)]
    if sum(parts, ZERO) > paid:
        parts = split(paid, parts, currency)
    given = zip(rows, parts, strict=False)
    return tuple(LineIn(sku, f"{part:f}") for (sku, _), part in given if part), parts[-1]


def _line_sku(told: RefundedLine) -> str:
    line = told.line_item or LineRef()
    return sku_of(line.sku, line.variant_id, line.id or told.line_item_id)


def _worth(told: RefundedLine) -> Decimal:
    goods, tax = shop_value(told.subtotal_set, told.subtotal), shop_value(told.total_tax_set, told.total_tax)
    return (goods or ZERO) + (tax or ZERO)


def _adjusted(told: Adjustment) -> Decimal:
    amount, tax = shop_value(told.amount_set, told.amount), shop_value(told.tax_amount_set, told.tax_amount)
    return -((amount or ZERO) + (tax or ZERO))


def refund_told(body: bytes) -> OrderTold:
    """`refunds/create`: money the shop gave back. Unheeded: of a test order no money went back."""
    told = loosely(body, Refund)
    if some(told.transactions) and all(one.test for one in some(told.transactions)):
        raise Unheeded("a refund of a test order gives nothing back")
    if told.order_id is None:
        raise invalid("order_id", "is needed: the order the refund is of")
    shop = next((one.shop for one in _sets(told) if one and one.shop), None)
    made, at = refund_of(told, shop.currency if shop else ""), told.processed_at or told.created_at
    return OrderTold(external_id=str(told.order_id), refunds=(made,) if made else (), occurred_at=at)
