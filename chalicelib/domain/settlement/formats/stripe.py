"""Stripe's itemised balance and payout reconciliation reports (…itemized.1 to .6), as CSV by Dashboard or API.

After docs.stripe.com/reports/report-types/payout-reconciliation and /reports/reporting-categories, read 2026-11-27.
Which columns there are is the account's choice; amounts are in major units, and negative where money leaves it.
"""

from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.settlement.entries import Entry, EntryKind, Provider
from chalicelib.domain.settlement.formats.csv_rows import comma_in, headings_in, rows_of
from chalicelib.domain.settlement.formats.reading import Asked, Fields, Lines, Reading, Records, Row, placed
from chalicelib.domain.settlement.formats.text import Bad, Numbered, amount_of, written
from chalicelib.domain.settlement.formats.times import moment

KINDS: dict[str, EntryKind] = {
    "refund": "refund",
    "refund_failure": "refund_failed",
    "dispute": "dispute",
    "dispute_reversal": "dispute_won",
}
NAMES = {
    "balance_transaction_id": ("balance_transaction_id",),
    "reporting_category": ("reporting_category",),
    "gross": ("gross",),
    "fee": ("fee",),
    "net": ("net",),
    "currency": ("currency",),
    "source_id": ("source_id",),
    "created_utc": ("created_utc",),
    "created": ("created",),
    "charge_id": ("charge_id",),
    "payment_intent_id": ("payment_intent_id",),
    "customer_facing_amount": ("customer_facing_amount",),
    "customer_facing_currency": ("customer_facing_currency",),
    "order": ("payment_metadata[order_id]", "payment_metadata[order_number]", "payment_metadata[order]"),
    "refund_no": ("refund_metadata[money]", "refund_metadata[refund_id]", "refund_metadata[refund_no]"),
}
NEEDED = ("balance_transaction_id", "reporting_category", "gross", "currency", "source_id")
AMOUNTS = {
    **dict.fromkeys(("gross", "fee", "net"), "currency"),
    "customer_facing_amount": "customer_facing_currency",
}


class Stripe:
    """One report."""

    provider: Provider = "stripe"

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.delimiter, self.width, self.comma = ",", 0, False

    def headings(self, line: str) -> Fields | None:
        """The line that names balance_transaction_id."""
        found = headings_in(line, ("balance_transaction_id",))
        if found is None:
            return None
        headings, self.delimiter = found
        self.width = len(headings)
        return headings

    def places(self, headings: Fields) -> dict[str, int]:
        """`created_utc` may be absent, where the report's zone is told."""
        timed = ("created",) if self.asked.time_zone and "created_utc" not in headings else ("created_utc",)
        return placed(headings, NAMES, (*NEEDED, *timed))

    def preamble(self, line: str, reading: Reading) -> None:
        """There is none."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Reports may be made with a decimal comma (`decimal_separator`)."""
        rows = (Row(fields, places) for _, fields in rows_of(lines(), self.delimiter, self.width) if fields is not None)
        amounts = ((row.get(name), row.get(currency)) for row in rows for name, currency in AMOUNTS.items())
        self.comma = comma_in(amounts, self.asked.decimal)

    def records(self, lines: Numbered) -> Records:
        """The rows; there are no totals."""
        return rows_of(lines, self.delimiter, self.width)

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund or a dispute, or one of them that came back. The customer's own amount stands before that of the
        account, which may be in another currency."""
        at, category = self._at(row), row.need("reporting_category")
        reading.cover(at)
        kind = KINDS.get(category)
        if kind is None:
            reading.passed[category] += 1
            return None
        amount, currency, source = *self._given(row), row.id("source_id")
        if amount <= 0 or len(currency) != 3 or source is None:
            raise Bad(f"{category} of {amount} {currency[:10]} has no amount, no currency or no source_id")
        return Entry(
            provider="stripe",
            kind=kind,
            id=source,
            amount=Money(written(amount), currency),
            at=at,
            order=row.id("order"),
            refund_no=row.id("refund_no"),
            payment=row.id("payment_intent_id") or row.id("charge_id"),
        )

    def _given(self, row: Row) -> tuple[Decimal, str]:
        facing = row.get("customer_facing_currency")
        told = amount_of(row.get("customer_facing_amount"), self.comma) if facing else Decimal(0)
        if told:
            return abs(told), facing.upper()
        return abs(amount_of(row.need("gross"), self.comma)), row.need("currency").upper()

    def _at(self, row: Row) -> int:
        if row.get("created_utc"):
            return moment(row.get("created_utc"), "UTC")
        return moment(row.need("created"), self.asked.time_zone or "UTC")

    def check(self, reading: Reading) -> None:
        """A report has no totals of its own."""
