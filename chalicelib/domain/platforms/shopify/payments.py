"""How the payment of Shopify's order stands: `financial_status`, or `displayFinancialStatus` in capitals."""

from chalicelib.domain.orders.order import Payment

PAID = ("paid", "partially_refunded")


def payment_of(status: str | None, rest_is_known: bool) -> Payment | None:
    """What the word means; None without one. A word we do not know does not say that it was paid. What was paid in
    part is paid but for the rest, where that is told."""
    word = (status or "").strip().lower()
    if word in ("", "refunded"):
        return "refunded" if word else None
    return "paid" if word in PAID or (word == "partially_paid" and rest_is_known) else "unpaid"
