"""The lines of WooCommerce's orders.

What was paid for a line is its `total`, which is after discounts, plus its `total_tax`. Its `price` is the total
divided by the quantity, unrounded and without tax (woocommerce/woocommerce#27911). Quantities may be fractions, SKUs
may be numbers.
"""

from decimal import ROUND_CEILING, Decimal

from chalicelib.domain.kernel.money import is_whole
from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, OrderItemIn
from chalicelib.domain.platforms.payload_reader import money_of, non_null, parse_money, parse_number
from chalicelib.domain.platforms.woocommerce.payloads import (
    FeePayload,
    LinePayload,
    Number,
    OrderPayload,
    name_of,
    text_of,
)


def items_of(order: OrderPayload, currency: str) -> tuple[OrderItemIn, ...]:
    """The lines of an order with a quantity above zero, then its fees."""
    items = [_item(line, currency) for line in non_null(order.line_items)]
    fees = [_fee(fee, currency) for fee in non_null(order.fee_lines)]
    return tuple(item for item in (*items, *fees) if item is not None)


def shipping_of(order: OrderPayload, currency: str) -> MoneyIn | None:
    """What was paid for shipping, with its tax."""
    return _with_tax(order.shipping_total, order.shipping_tax, currency)


def _item(line: LinePayload, currency: str) -> OrderItemIn | None:
    """A line, with its quantity rounded up. What was paid is stored separately, so the rounding loses nothing."""
    quantity = parse_number(line.quantity)
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
    """The price of one item, rounded to the smallest unit of the currency."""
    price = parse_number(line.price)
    total = parse_number(line.total)
    if price is not None and is_whole(price, currency):
        return MoneyIn(f"{price:f}", currency) if parse_money(price, currency) else None
    return money_of(total / quantity, currency) if total is not None else parse_money(price, currency)


def _fee(fee: FeePayload, currency: str) -> OrderItemIn | None:
    """A fee that is not for goods, such as gift wrapping. A negative fee is a discount, which the total already has."""
    total = parse_number(fee.total)
    if total is None or total <= 0:
        return None
    paid = money_of(total + (parse_number(fee.total_tax) or 0), currency)
    if paid is None:
        return None
    name = f"fee-{fee.id}"
    return OrderItemIn(sku=name, title=one_line(text_of(fee.name)), line=name, paid=paid, goods=False)


def _with_tax(amount: Number, tax: Number, currency: str) -> MoneyIn | None:
    """An amount with its tax, at least zero."""
    value = parse_number(amount)
    return money_of(max(value + (parse_number(tax) or 0), Decimal(0)), currency) if value is not None else None
