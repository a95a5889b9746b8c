"""What a refund of Shopify paid back for each order line, and for shipping."""

from decimal import Decimal

from chalicelib.domain.kernel.money import split
from chalicelib.domain.kernel.validation import LineIn
from chalicelib.domain.platforms.payload_reader import non_null
from chalicelib.domain.platforms.shopify.amounts import ZERO, shop_amount
from chalicelib.domain.platforms.shopify.payloads.refunds import Adjustment, LineRef, Refund, RefundedLine, sku_of


def refund_parts(refund: Refund, paid: Decimal, currency: str) -> tuple[tuple[LineIn, ...], Decimal]:
    """What was paid back for each line, and for shipping: together no more than was paid back. If the lines are worth
    more, or their taxes are in the prices already, each part is reduced in proportion."""
    worths = [(_line_sku(line), _worth(line)) for line in non_null(refund.refund_line_items)]
    worths = [(sku, worth) for sku, worth in worths if worth > 0]
    shipping = (_adjusted(part) for part in non_null(refund.order_adjustments) if part.kind == "shipping_refund")
    parts = [worth for _, worth in worths] + [max(sum(shipping, ZERO), ZERO)]
    if sum(parts, ZERO) > paid:
        parts = split(paid, parts, currency)
    lines = tuple(LineIn(sku, f"{part:f}") for (sku, _), part in zip(worths, parts, strict=False) if part)
    return lines, parts[-1]


def _line_sku(refunded: RefundedLine) -> str:
    line = refunded.line_item or LineRef()
    return sku_of(line.sku, line.variant_id, line.id or refunded.line_item_id)


def _worth(line: RefundedLine) -> Decimal:
    goods = shop_amount(line.subtotal_set, line.subtotal)
    tax = shop_amount(line.total_tax_set, line.total_tax)
    return (goods or ZERO) + (tax or ZERO)


def _adjusted(adjustment: Adjustment) -> Decimal:
    amount = shop_amount(adjustment.amount_set, adjustment.amount)
    tax = shop_amount(adjustment.tax_amount_set, adjustment.tax_amount)
    return -((amount or ZERO) + (tax or ZERO))
