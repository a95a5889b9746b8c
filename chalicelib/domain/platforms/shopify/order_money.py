"""What a webhook says was to be paid for an order, its lines and its shipping.

What was paid for a line is its price times its quantity, less the discounts allocated to it, plus its taxes where the
prices are without (shopify.dev, REST Admin API, Order: `discount_allocations`, `tax_lines`, `taxes_included`). The
order's total stands in it before and after what was taken off and returned (`current_total_price`); what was paid for
it is the latter with the refunds in it.
"""

from decimal import Decimal

from msgspec.structs import replace

from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, RefundIn
from chalicelib.domain.platforms.lines import Sold
from chalicelib.domain.platforms.payload_reader import of, some
from chalicelib.domain.platforms.shopify.amounts import ZERO, shop_value
from chalicelib.domain.platforms.shopify.order_payload import Allocation, OrderLine, OrderPayload, ShippingLine, Tax
from chalicelib.domain.platforms.shopify.refunds import sku_of


def paid_in_all(
    at_first: Decimal | None, current: Decimal | None, refunds: tuple[RefundIn, ...], currency: str
) -> MoneyIn | None:
    """What was paid for an order: what it comes to now, with what was paid back of it; never more than it came to at
    first. What was taken off it and not paid back was not paid for."""
    known = [at_first] if at_first is not None else []
    if current is not None:
        known.append(current + _paid_back(refunds, currency))
    return of(min(known), currency) if known else None


def _paid_back(refunds: tuple[RefundIn, ...], currency: str) -> Decimal:
    made = (refund.amount for refund in refunds if refund.state != "failed")
    return sum((amount.money().value for amount in made if amount.currency == currency), ZERO)


def sold_line(line: OrderLine, order: OrderPayload, currency: str) -> Sold:
    """A line of an order, with what was to be paid for all that was ordered of it."""
    ordered = min(line.quantity if line.quantity is not None else 1, MOST_OF_ONE)
    price = shop_value(line.price_set, line.price)
    off = _allocated(line.discount_allocations)
    on = ZERO if order.taxes_included else _taxed(line.tax_lines)
    return Sold(
        sku=sku_of(line.sku, line.variant_id, line.id),
        line=str(line.id) if line.id else None,
        title=one_line(line.title),
        price=of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(line.current_quantity if line.current_quantity is not None else ordered, MOST_OF_ONE),
        whole=max(price * ordered - off + on, ZERO) if price is not None else None,
        goods=not line.gift_card and line.requires_shipping is not False,
    )


def shipping_of(order: OrderPayload) -> Decimal | None:
    """What was to be paid for an order's shipping, taxes on; None where nothing is said of it."""
    if order.shipping_lines is None:
        return None
    lines = [line for line in some(order.shipping_lines) if not line.is_removed]
    prices = sum((_shipping_price(line) for line in lines), ZERO)
    taxes = ZERO if order.taxes_included else sum((_taxed(line.tax_lines) for line in lines), ZERO)
    return max(prices + taxes, ZERO)


def _shipping_price(line: ShippingLine) -> Decimal:
    """What it was to be paid for shipping, discounts off: they are allocated to it, or in its discounted price."""
    price = (shop_value(line.price_set, line.price) or ZERO) - _allocated(line.discount_allocations)
    discounted = shop_value(line.discounted_price_set, line.discounted_price)
    return min(price, discounted) if discounted is not None else price


def includes_taxes(order: OrderPayload) -> bool:
    """Whether taxes are in its prices. Where that is not said, they are if with them on top it came to more than its
    total at first."""
    if order.taxes_included is not None:
        return order.taxes_included
    at_first = shop_value(order.total_price_set, order.total_price)
    if at_first is None:
        return False
    on_top = replace(order, taxes_included=False)
    wholes = (sold_line(line, on_top, "").whole or ZERO for line in some(order.line_items))
    return sum(wholes, shipping_of(on_top) or ZERO) > at_first


def _allocated(discounts: list[Allocation | None] | None) -> Decimal:
    return sum((shop_value(one.amount_set, one.amount) or ZERO for one in some(discounts)), ZERO)


def _taxed(taxes: list[Tax | None] | None) -> Decimal:
    return sum((shop_value(one.price_set, one.price) or ZERO for one in some(taxes)), ZERO)
