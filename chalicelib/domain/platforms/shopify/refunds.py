"""Shopify's refunds: what went back of an order, for which lines, as far as it moved money."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.kernel.errors import IgnoredTopic, invalid
from chalicelib.domain.kernel.money import MIXED, UNSTATED, split
from chalicelib.domain.kernel.validation import LineIn, MoneyIn
from chalicelib.domain.orders.order import RefundState
from chalicelib.domain.orders.order_payload import OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder, name_refunds
from chalicelib.domain.platforms.payload_reader import code, gone, loosely, money_named, name, some, trim
from chalicelib.domain.platforms.shopify.amounts import ZERO, Both, in_shop_money, shop_value


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
    admin_graphql_api_id: str | None = None
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


FAILED = ("failure", "error")
"""Statuses of a payment that was never made. Whatever else is said of one, or nothing, it may be on its way: what is
not known to have failed takes the room of its order."""
NO_REFUND = ("authorization", "emv_authorization", "capture", "sale", "void", "change", "suggested_refund")
"""Kinds of a payment that gives nothing back; one without a kind stands in a refund, so it is one."""


def _state(told: Transaction) -> RefundState:
    status = (told.status or "").strip().lower()
    return "done" if status == "success" else "failed" if status in FAILED else "pending"


def refunds_of(told: Iterable[Refund], currency: str, order: Both | None = None) -> tuple[RefundIn, ...]:
    """What went back by these refunds of one order, those without an id told apart."""
    return name_refunds(one for each in told if (one := refund_of(each, currency, order)) is not None)


def refund_of(told: Refund, currency: str, order: Both | None = None) -> RefundIn | None:
    """What went back, in the shop's currency; `order` is its order's total in both. None when no money was ever to
    move; what came to nothing is told as failed, for it may have been told otherwise before. With a payment that was
    made and one on its way it counts as made: what fails of it is told again."""
    moves = [one for one in some(told.transactions) if (one.kind or "").strip().lower() not in NO_REFUND]
    moves = [one for one in moves if not one.test]
    paid = [one for one in moves if _state(one) != "failed"]
    state: RefundState = min((_state(one) for one in paid), default="failed")  # done comes before pending
    sets = [*_sets(told), order]
    amounts = [amount for one in paid or moves if (amount := _amount(one, currency, sets))]
    if not amounts:
        return None
    value, coin = sum((one.money().value for one in amounts), ZERO), _in_one(amounts)
    lines, shipping = _parts(told, value, coin) if paid and coin != MIXED else ((), ZERO)
    return RefundIn(
        id=_id(told),
        amount=MoneyIn(f"{value:f}", coin),
        refunded_at=told.processed_at or told.created_at,
        state=state,
        lines=lines,
        money=money_named(told.note),
        shipping=gone(shipping, coin) if shipping else None,
    )


def _id(told: Refund) -> str:
    named_so = re.search("[0-9]{1,20}$", told.admin_graphql_api_id or "")
    return str(told.id) if told.id else named_so.group() if named_so else ""


def _in_one(amounts: list[MoneyIn]) -> str:
    """The currency they are in; an amount without one is in that of the others."""
    said = {one.currency for one in amounts} - {UNSTATED}
    return MIXED if len(said) > 1 else next(iter(said), UNSTATED)


def _sets(told: Refund) -> Iterator[Both | None]:
    for line in some(told.refund_line_items):
        yield from (line.subtotal_set, line.total_tax_set)
    yield from (one.amount_set for one in some(told.order_adjustments))


def _amount(told: Transaction, currency: str, sets: list[Both | None]) -> MoneyIn | None:
    shop = told.amount_set.shop_money if told.amount_set else None
    known = gone(shop.amount, code(shop.currency_code) or currency) if shop else None
    if known is not None:
        return known
    amount = gone(told.amount, code(told.currency) or currency)
    return in_shop_money(amount, sets) if amount and amount.currency not in (UNSTATED, currency) else amount


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


def read_refund(body: bytes) -> OrderUpdate:
    """`refunds/create`: money the shop gave back. Unheeded: of a test order no money went back."""
    told = loosely(body, Refund)
    if some(told.transactions) and all(one.test for one in some(told.transactions)):
        raise IgnoredTopic("a refund of a test order gives nothing back")
    if told.order_id is None:
        raise invalid("order_id", "is needed: the order the refund is of")
    shop = next((one.shop for one in _sets(told) if one and one.shop), None)
    made, at = refunds_of([told], shop.currency if shop else UNSTATED), told.processed_at or told.created_at
    return CompleteOrder(external_id=str(told.order_id), refunds=made, occurred_at=at)


def trim_refund(body: bytes) -> bytes:
    """A refund with nothing in it but what is read of it."""
    return trim(body, Refund)
