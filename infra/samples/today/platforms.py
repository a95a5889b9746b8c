"""Today's customers of the platforms: a return of the Shopify shop, and a question about an order of the WooCommerce
shop."""

from datetime import UTC, datetime, timedelta

from infra.samples.today.scenes import Json, external_id
from infra.samples.visitor import Visitor


def play(visitor: Visitor, now: datetime) -> dict[str, str]:
    """The platforms report orders; one buyer returns something there, the other asks the shop."""
    number = 7_000_000 + int(now.strftime("%y%m%d"))
    visitor.send_platform_webhook("shopify", "orders/create", shopify_order(number), f"order-{number}")
    visitor.send_platform_webhook("shopify", "returns/request", shopify_return(number), f"return-{number}")
    visitor.send_platform_webhook("woocommerce", "order.created", woocommerce_order(number, now), f"order-{number}")
    returned = visitor.case(visitor.case_by_external_id(f"shopify/return/{number}"))
    asked = visitor.case(_ask(visitor, number, now))
    return {"Today's platforms": f"{returned['number']} on Shopify, {asked['number']} on WooCommerce"}


def _ask(visitor: Visitor, number: int, now: datetime) -> str:
    name = external_id(now, "woo")
    data = {
        "external_id": name,
        "type": "order_issue",
        "channel": "third_party",
        "subject": "Only one of two throws came",
        "message": "I bought two wool throws in your WooCommerce shop and the parcel had one.",
        "customer": {"external_id": name, "name": "Iris Holm", "email": f"{name}@example.net", "language": "en"},
        "order": {"external_id": str(number)},
    }
    visitor.send_webhook("case.requested", data, name)
    return visitor.case_by_external_id(name)


def shopify_order(number: int) -> Json:
    """An order as Shopify sends it, as far as it is read."""
    buyer = {"id": number, "email": f"shopify-{number}@example.net", "first_name": "Leo", "last_name": "Marsh"}
    line = {
        "id": number + 1,
        "sku": "SHOE-43",
        "title": "帆布便鞋 43 码 Canvas slip-on 43",
        "quantity": 1,
        "price": "169.00",
    }
    return {
        "id": number,
        "name": f"#{number % 100_000}",
        "currency": "CNY",
        "total_price": "169.00",
        "customer": buyer,
        "line_items": [line],
    }


def shopify_return(number: int) -> Json:
    """The return that its buyer asks for there."""
    line = {
        "fulfillment_line_item": {"line_item": {"id": number + 1}},
        "quantity": 1,
        "return_reason": "size_too_large",
    }
    return {
        "id": number,
        "status": "requested",
        "order": {"id": number},
        "name": f"#{number % 100_000}-R1",
        "return_line_items": [line],
        "total_return_line_items": 1,
    }


def woocommerce_order(number: int, now: datetime) -> Json:
    """An order as WooCommerce sends it, as far as it is read."""
    bought_at = (now - timedelta(days=4)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    person = {
        "first_name": "Iris",
        "last_name": "Holm",
        "email": f"{external_id(now, 'woo')}@example.net",
        "country": "DK",
    }
    line = {
        "id": 315,
        "name": "羊毛盖毯 Wool throw",
        "product_id": 93,
        "variation_id": 0,
        "quantity": 2,
        "subtotal": "998.00",
        "subtotal_tax": "0.00",
        "total": "998.00",
        "total_tax": "0.00",
        "sku": "LINEN-05",
        "price": 499,
    }
    return {
        "id": number,
        "number": str(number),
        "status": "completed",
        "currency": "CNY",
        "date_created_gmt": bought_at,
        "date_modified_gmt": bought_at,
        "date_paid_gmt": bought_at,
        "date_completed_gmt": bought_at,
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "total": "998.00",
        "total_tax": "0.00",
        "prices_include_tax": False,
        "customer_id": 26,
        "billing": person,
        "shipping": person,
        "line_items": [line],
        "shipping_lines": [],
        "refunds": [],
    }
