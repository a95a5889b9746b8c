"""What the Admin API says was to be paid for an order's lines and shipping, by the same rule as a webhook's."""

from decimal import Decimal

from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, RefundIn
from chalicelib.domain.platforms.lines import Sold
from chalicelib.domain.platforms.payload_reader import of
from chalicelib.domain.platforms.shopify.amounts import ZERO, shop_value
from chalicelib.domain.platforms.shopify.graphql.order_payload import (
    ApiAllocation,
    ApiLine,
    ApiOrder,
    ApiRefund,
    ApiTax,
)
from chalicelib.domain.platforms.shopify.refunds import sku_of


def sold_line(line: ApiLine, order: ApiOrder, currency: str) -> Sold:
    """A line of an order, with what was to be paid for all that was ordered of it."""
    price = shop_value(line.original_unit_price_set, None)
    ordered = min(line.quantity if line.quantity is not None else line.current_quantity, MOST_OF_ONE)
    off = _allocated(line.discount_allocations)
    on = ZERO if order.taxes_included else _taxed(line.tax_lines)
    return Sold(
        sku=sku_of(line.sku, line.variant.number if line.variant else None, line.number),
        line=str(line.number),
        title=one_line(line.title),
        price=of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(line.current_quantity, MOST_OF_ONE),
        whole=max(price * ordered - off + on, ZERO) if price is not None else None,
        goods=not line.is_gift_card and line.requires_shipping is not False,
    )


def shipping_of(order: ApiOrder) -> Decimal | None:
    """Discounts are off the price that is asked for, and taxes in it where they are in the order's prices."""
    if order.shipping_lines is None:
        return None
    lines = [line for line in order.shipping_lines.nodes if not line.is_removed]
    prices = sum((shop_value(line.discounted_price_set, None) or ZERO for line in lines), ZERO)
    taxes = ZERO if order.taxes_included else sum((_taxed(line.tax_lines) for line in lines), ZERO)
    return max(prices + taxes, ZERO)


def refunds_of(refunds: list[ApiRefund]) -> tuple[RefundIn, ...]:
    """Refunds as far as their money arrived; of those on their way or failed, webhooks tell more than the API."""
    made = []
    for refund in refunds:
        amount = refund.total_refunded_set.shop if refund.total_refunded_set else None
        if amount is not None and amount.money().value > 0:
            made.append(RefundIn(id=str(refund.number), amount=amount, refunded_at=refund.created_at))
    return tuple(made)


def _allocated(discounts: list[ApiAllocation] | None) -> Decimal:
    return sum((shop_value(one.allocated_amount_set, None) or ZERO for one in discounts or ()), ZERO)


def _taxed(taxes: list[ApiTax] | None) -> Decimal:
    return sum((shop_value(one.price_set, None) or ZERO for one in taxes or ()), ZERO)
