"""The amounts of an order in the Admin API, by the same rules as for webhooks."""

from decimal import Decimal

from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, RefundIn
from chalicelib.domain.platforms.lines import SoldLine
from chalicelib.domain.platforms.payload_reader import money_of
from chalicelib.domain.platforms.shopify.amounts import ZERO, shop_amount
from chalicelib.domain.platforms.shopify.graphql.line_payload import ApiAllocation, ApiLine, ApiTax
from chalicelib.domain.platforms.shopify.graphql.order_payload import ApiOrder, ApiRefund
from chalicelib.domain.platforms.shopify.payloads.refunds import sku_of


def sold_line(line: ApiLine, order: ApiOrder, currency: str) -> SoldLine:
    """A line of an order, with the total of all that was ordered."""
    price = shop_amount(line.original_unit_price_set, None)
    ordered = min(line.quantity if line.quantity is not None else line.current_quantity, MOST_OF_ONE)
    discounts = _sum_discounts(line.discount_allocations)
    taxes = ZERO if order.taxes_included else _sum_taxes(line.tax_lines)
    return SoldLine(
        sku=sku_of(line.sku, line.variant.number if line.variant else None, line.number),
        line=str(line.number),
        title=one_line(line.title),
        price=money_of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(line.current_quantity, MOST_OF_ONE),
        line_total=max(price * ordered - discounts + taxes, ZERO) if price is not None else None,
        goods=not line.is_gift_card and line.requires_shipping is not False,
    )


def shipping_of(order: ApiOrder) -> Decimal | None:
    """What was to be paid for shipping, with taxes; None if the answer does not have it. The price is after
    discounts."""
    if order.shipping_lines is None:
        return None
    lines = [line for line in order.shipping_lines.nodes if not line.is_removed]
    prices = sum((shop_amount(line.discounted_price_set, None) or ZERO for line in lines), ZERO)
    taxes = ZERO if order.taxes_included else sum((_sum_taxes(line.tax_lines) for line in lines), ZERO)
    return max(prices + taxes, ZERO)


def refunds_of(refunds: list[ApiRefund]) -> tuple[RefundIn, ...]:
    """The refunds that were paid. For pending and failed refunds, webhooks have more than the API."""
    paid = []
    for refund in refunds:
        amount = refund.total_refunded_set.shop if refund.total_refunded_set else None
        if amount is not None and amount.money().value > 0:
            paid.append(RefundIn(id=str(refund.number), amount=amount, refunded_at=refund.created_at))
    return tuple(paid)


def _sum_discounts(discounts: list[ApiAllocation] | None) -> Decimal:
    return sum((shop_amount(discount.allocated_amount_set, None) or ZERO for discount in discounts or ()), ZERO)


def _sum_taxes(taxes: list[ApiTax] | None) -> Decimal:
    return sum((shop_amount(tax.price_set, None) or ZERO for tax in taxes or ()), ZERO)
