"""The lines of WooCommerce's orders.

What was paid for a line is its `total`, discounts off, and its `total_tax`. Its `price` is that total by its quantity,
unrounded and without tax (woocommerce/woocommerce#27911); quantities may be fractions, skus may be numbers.
"""

from decimal import ROUND_CEILING, Decimal

from chalicelib.domain.kernel.money import is_whole
from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, OrderItemIn
from chalicelib.domain.platforms.payload_reader import money, number, of, some
from chalicelib.domain.platforms.woocommerce.payloads import (
    FeePayload,
    LinePayload,
    Number,
    OrderPayload,
    name_of,
    text_of,
)


def items_of(order: OrderPayload, currency: str) -> tuple[OrderItemIn, ...]:
    """The lines of an order that have something in them, then its fees."""
    items = [_item(line, currency) for line in some(order.line_items)]
    fees = [_fee(fee, currency) for fee in some(order.fee_lines)]
    return tuple(item for item in (*items, *fees) if item is not None)


def shipping_of(order: OrderPayload, currency: str) -> MoneyIn | None:
    """What was paid for shipping, with its tax."""
    return _with_tax(order.shipping_total, order.shipping_tax, currency)


def _item(line: LinePayload, currency: str) -> OrderItemIn | None:
    """A line; of a fraction as many as were begun. What was paid stands beside it, so nothing is lost by that."""
    quantity = number(line.quantity)
    quantity = Decimal(1) if quantity is None else quantity
    if quantity <= 0:
        return None
    product = line.variation_id or line.product_id
    return OrderItemIn(
        sku=name_of(line.sku) or (f"product-{product}" if product else f"line-{line.id}"),
        title=one_line(text_of(line.name)),
        quantity=min(int(quantity.to_integral_value(ROUND_CEILING)), MOST_OF_ONE),
        price=_price(line, quantity, currency),
        line=str(line.id) if line.id else None,
        paid=_with_tax(line.total, line.total_tax, currency),
    )


def _price(line: LinePayload, quantity: Decimal, currency: str) -> MoneyIn | None:
    """The price of one. It comes as a share of the total, unrounded: then the share is taken to the coin."""
    price, total = number(line.price), number(line.total)
    if price is not None and is_whole(price, currency):
        return MoneyIn(f"{price:f}", currency) if money(price, currency) else None
    return of(total / quantity, currency) if total is not None else money(price, currency)


def _fee(fee: FeePayload, currency: str) -> OrderItemIn | None:
    """What was paid for no goods, such as gift wrapping. A fee below nothing is a discount: it is in the total."""
    total = number(fee.total)
    if total is None or total <= 0:
        return None
    paid = of(total + (number(fee.total_tax) or 0), currency)
    if paid is None:
        return None
    name = f"fee-{fee.id}"
    return OrderItemIn(sku=name, title=one_line(text_of(fee.name)), line=name, paid=paid, goods=False)


def _with_tax(amount: Number, tax: Number, currency: str) -> MoneyIn | None:
    """An amount with its tax, never below nothing."""
    value = number(amount)
    return of(max(value + (number(tax) or 0), Decimal(0)), currency) if value is not None else None
