"""The payment state of Shopify's order: `financial_status`, or `displayFinancialStatus` in capitals."""

from chalicelib.domain.orders.order import Payment

PAID = ("paid", "partially_refunded")


def payment_of(status: str | None, outstanding_is_known: bool) -> Payment | None:
    """Our payment state; None without a status. An unknown status counts as unpaid. An order that is paid in part
    counts as paid if the outstanding amount is known."""
    status = (status or "").strip().lower()
    if not status:
        return None
    if status == "refunded":
        return "refunded"
    return "paid" if status in PAID or (status == "partially_paid" and outstanding_is_known) else "unpaid"
