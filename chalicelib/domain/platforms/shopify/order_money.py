"""The amounts of an order in a webhook: what was to be paid for the order, for its lines and for shipping.

The amount of a line is its price times its quantity, minus the discounts allocated to it, plus its taxes if the prices
do not include them (shopify.dev, REST Admin API, Order: `discount_allocations`, `tax_lines`, `taxes_included`). The
order has its total at first and its total after removals and returns (`current_total_price`). What was paid for the
order is the latter plus the refunds.
"""

from decimal import Decimal

from msgspec.structs import replace

from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, RefundIn
from chalicelib.domain.platforms.lines import SoldLine
from chalicelib.domain.platforms.payload_reader import money_of, non_null
from chalicelib.domain.platforms.shopify.amounts import ZERO, shop_amount
from chalicelib.domain.platforms.shopify.payloads.orders import Allocation, OrderLine, OrderPayload, ShippingLine, Tax
from chalicelib.domain.platforms.shopify.payloads.refunds import sku_of


def amount_paid(
    at_first: Decimal | None, current: Decimal | None, refunds: tuple[RefundIn, ...], currency: str
) -> MoneyIn | None:
    """What was paid for an order: its current total plus the refunds, but no more than its total at first. What was
    removed from it and not paid back was never paid."""
    totals = [at_first] if at_first is not None else []
    if current is not None:
        totals.append(current + _paid_back(refunds, currency))
    return money_of(min(totals), currency) if totals else None


def _paid_back(refunds: tuple[RefundIn, ...], currency: str) -> Decimal:
    amounts = (refund.amount for refund in refunds if refund.state != "failed")
    return sum((amount.money().value for amount in amounts if amount.currency == currency), ZERO)


def sold_line(line: OrderLine, order: OrderPayload, currency: str) -> SoldLine:
    """A line of an order, with the total of all that was ordered."""
    ordered = min(line.quantity if line.quantity is not None else 1, MOST_OF_ONE)
    price = shop_amount(line.price_set, line.price)
    discounts = _sum_discounts(line.discount_allocations)
    taxes = ZERO if order.taxes_included else _sum_taxes(line.tax_lines)
    return SoldLine(
        sku=sku_of(line.sku, line.variant_id, line.id),
        line=str(line.id) if line.id else None,
        title=one_line(line.title),
        price=money_of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(line.current_quantity if line.current_quantity is not None else ordered, MOST_OF_ONE),
        line_total=max(price * ordered - discounts + taxes, ZERO) if price is not None else None,
        goods=not line.gift_card and line.requires_shipping is not False,
    )


def shipping_of(order: OrderPayload) -> Decimal | None:
    """What was to be paid for shipping, with taxes; None if the order does not have it."""
    if order.shipping_lines is None:
        return None
    lines = [line for line in non_null(order.shipping_lines) if not line.is_removed]
    prices = sum((_shipping_price(line) for line in lines), ZERO)
    taxes = ZERO if order.taxes_included else sum((_sum_taxes(line.tax_lines) for line in lines), ZERO)
    return max(prices + taxes, ZERO)


def _shipping_price(line: ShippingLine) -> Decimal:
    """The price after discounts: these are allocated to the line, or are in its discounted price."""
    price = (shop_amount(line.price_set, line.price) or ZERO) - _sum_discounts(line.discount_allocations)
    discounted = shop_amount(line.discounted_price_set, line.discounted_price)
    return min(price, discounted) if discounted is not None else price


def includes_taxes(order: OrderPayload) -> bool:
    """Whether the prices include taxes. If the order does not say so, they do if the order with added taxes would come
    to more than its total at first."""
    if order.taxes_included is not None:
        return order.taxes_included
    at_first = shop_amount(order.total_price_set, order.total_price)
    if at_first is None:
        return False
    taxes_added = replace(order, taxes_included=False)
    line_totals = (sold_line(line, taxes_added, "").line_total or ZERO for line in non_null(order.line_items))
    return sum(line_totals, shipping_of(taxes_added) or ZERO) > at_first


def _sum_discounts(discounts: list[Allocation | None] | None) -> Decimal:
    return sum((shop_amount(discount.amount_set, discount.amount) or ZERO for discount in non_null(discounts)), ZERO)


def _sum_taxes(taxes: list[Tax | None] | None) -> Decimal:
    return sum((shop_amount(tax.price_set, tax.price) or ZERO for tax in non_null(taxes)), ZERO)
