"""Stripe's itemised balance and payout reconciliation reports (…itemized.1 to .6), as CSV by Dashboard or API.

Source: docs.stripe.com/reports/report-types/payout-reconciliation and /reports/reporting-categories, read 2026-11-27.
The account chooses the columns; amounts are in major units, and negative if money leaves the account.
"""

from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.settlement.entries import Entry, EntryKind, Provider
from chalicelib.domain.settlement.formats.csv_rows import find_headings, read_rows, uses_decimal_comma
from chalicelib.domain.settlement.formats.reading import (
    Fields,
    Lines,
    Reading,
    Records,
    Row,
    StatementOptions,
    find_columns,
)
from chalicelib.domain.settlement.formats.text import BadRow, Numbered, format_amount, parse_amount
from chalicelib.domain.settlement.formats.times import parse_time

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
    """One report of an account."""

    provider: Provider = "stripe"

    def __init__(self, options: StatementOptions) -> None:
        self.options = options
        self.delimiter = ","
        self.width = 0
        self.comma = False

    def headings(self, line: str) -> Fields | None:
        """The line that names balance_transaction_id."""
        match = find_headings(line, ("balance_transaction_id",))
        if match is None:
            return None
        headings, self.delimiter = match
        self.width = len(headings)
        return headings

    def places(self, headings: Fields) -> dict[str, int]:
        """`created_utc` may be absent if the uploader states the time zone of the report."""
        timed = ("created",) if self.options.time_zone and "created_utc" not in headings else ("created_utc",)
        return find_columns(headings, NAMES, (*NEEDED, *timed))

    def preamble(self, line: str, reading: Reading) -> None:
        """There are no lines before the headings."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Reports can be made with a decimal comma (`decimal_separator`)."""
        rows = (
            Row(fields, places) for _, fields in read_rows(lines(), self.delimiter, self.width) if fields is not None
        )
        amounts = ((row.get(name), row.get(currency)) for row in rows for name, currency in AMOUNTS.items())
        self.comma = uses_decimal_comma(amounts, self.options.decimal)

    def records(self, lines: Numbered) -> Records:
        """The rows; reports have no totals."""
        return read_rows(lines, self.delimiter, self.width)

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund or a dispute, or the return of one. The amount in the customer's currency is preferred to that of
        the account, which may be in another currency."""
        occurred_at = self._occurred_at(row)
        category = row.need("reporting_category")
        reading.cover(occurred_at)
        kind = KINDS.get(category)
        if kind is None:
            reading.passed[category] += 1
            return None
        amount, currency = self._amount(row)
        source = row.id("source_id")
        if amount <= 0 or len(currency) != 3 or source is None:
            raise BadRow(f"{category} of {amount} {currency[:10]} has no amount, no currency or no source_id")
        return Entry(
            provider="stripe",
            kind=kind,
            id=source,
            amount=Money(format_amount(amount), currency),
            at=occurred_at,
            order=row.id("order"),
            refund_no=row.id("refund_no"),
            payment=row.id("payment_intent_id") or row.id("charge_id"),
        )

    def _amount(self, row: Row) -> tuple[Decimal, str]:
        facing = row.get("customer_facing_currency")
        amount = parse_amount(row.get("customer_facing_amount"), self.comma) if facing else Decimal(0)
        if amount:
            return abs(amount), facing.upper()
        return abs(parse_amount(row.need("gross"), self.comma)), row.need("currency").upper()

    def _occurred_at(self, row: Row) -> Instant:
        if row.get("created_utc"):
            return parse_time(row.get("created_utc"), "UTC")
        return parse_time(row.need("created"), self.options.time_zone or "UTC")

    def check(self, reading: Reading) -> None:
        """Nothing to compare: a report has no totals."""
