"""PayPal's activity download and statement, CSV or tab, as the account's language writes them.

After developer.paypal.com/reports (Activity Download; T-codes), read 2026-11-27, and the headings of public parsers.
Known headings and types: English and German; event codes (T…) are known whatever the language.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.settlement.entries import Entry, EntryKind, Provider
from chalicelib.domain.settlement.formats.csv_rows import comma_in, headings_in, rows_of
from chalicelib.domain.settlement.formats.reading import Asked, Fields, Lines, Reading, Records, Row, placed
from chalicelib.domain.settlement.formats.text import Bad, Numbered, amount_of, written
from chalicelib.domain.settlement.formats.times import named

NAMES = {
    "Date": ("Date", "Datum"),
    "Time": ("Time", "Uhrzeit"),
    "TimeZone": ("TimeZone", "Time Zone", "Zeitzone"),
    "Type": ("Type", "Description", "Typ", "Beschreibung"),
    "Status": ("Status",),
    "Currency": ("Currency", "Währung"),
    "Gross": ("Gross", "Brutto"),
    "Fee": ("Fee", "Gebühr", "Entgelt"),
    "Net": ("Net", "Netto"),
    "Transaction ID": ("Transaction ID", "Transaktionscode"),
    "Reference Txn ID": ("Reference Txn ID", "Zugehöriger Transaktionscode"),
    "Invoice Number": ("Invoice Number", "Rechnungsnummer"),
    "Custom Number": ("Custom Number", "Custom"),
    "Event Code": ("Transaction Event Code", "Transaction event code", "Transaktionsereigniscode"),
}
NEEDED = ("Date", "Time", "TimeZone", "Type", "Currency", "Gross", "Transaction ID")
CODES: dict[str, EntryKind] = {"T1107": "refund", "T1106": "dispute", "T1201": "dispute", "T1202": "dispute_won"}
"""Refund by the shop; reversal by PayPal; chargeback; chargeback taken back."""
TYPES: dict[str, EntryKind] = {
    "payment refund": "refund",
    "refund": "refund",
    "rückzahlung": "refund",
    "payment reversal": "dispute",
    "chargeback": "dispute",
    "rückbuchung": "dispute",
    "chargeback reversal": "dispute_won",
}
DONE = ("", "completed", "abgeschlossen")
NOT_DONE = ("failed", "denied", "canceled", "cancelled", "returned", "fehlgeschlagen", "abgelehnt", "storniert")
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-5][0-9]))? ?([AaPp][Mm])?")
DATE = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{2,4})")


class PayPal:
    """One download."""

    provider: Provider = "paypal"

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.delimiter, self.width, self.comma, self.dates = ",", 0, False, asked.dates

    def headings(self, line: str) -> Fields | None:
        """The line that names the transaction's id."""
        found = headings_in(line, NAMES["Transaction ID"])
        if found is None:
            return None
        headings, self.delimiter = found
        self.width = len(headings)
        return headings

    def places(self, headings: Fields) -> dict[str, int]:
        """By English or German names."""
        return placed(headings, NAMES, NEEDED)

    def preamble(self, line: str, reading: Reading) -> None:
        """There is none."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """How amounts and dates are written: the whole of the statement tells, or whoever brings it."""
        rows = self._all(lines, places)
        amounts = ((row.get(name), row.get("Currency")) for row in rows for name in ("Gross", "Fee", "Net"))
        self.comma = comma_in(amounts, self.asked.decimal)
        orders = {_order(row.get("Date")) for row in self._all(lines, places)}
        if {"dmy", "mdy"} <= orders:
            raise invalid("content", "has dates with the day first and dates with the month first")
        self.dates = "dmy" if "dmy" in orders else "mdy" if "mdy" in orders else self.asked.dates

    def _all(self, lines: Lines, places: dict[str, int]) -> Iterator[Row]:
        rows = rows_of(lines(), self.delimiter, self.width)
        return (Row(fields, places) for _, fields in rows if fields is not None)

    def records(self, lines: Numbered) -> Records:
        """The rows; there are no totals."""
        return rows_of(lines, self.delimiter, self.width)

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund, a reversal or a chargeback that was carried out, or a chargeback that came back."""
        at, said = self._at(row), row.get("Type").casefold()
        reading.cover(at)
        gross = amount_of(row.need("Gross"), self.comma)
        kind = CODES.get(row.get("Event Code")) or TYPES.get(said)
        if kind is None or (gross < 0) != (kind != "dispute_won"):
            reading.passed[row.get("Type")] += 1
            return None
        status = row.get("Status").casefold()
        if status not in (*DONE, *NOT_DONE):
            reading.passed[f"{row.get('Type')} ({row.get('Status')})"] += 1
            return None
        identifier, reference, currency = (
            row.id("Transaction ID"),
            row.id("Reference Txn ID"),
            row.need("Currency").upper(),
        )
        if identifier is None or gross == 0 or not re.fullmatch("[A-Z]{3}", currency):
            raise Bad(f"{row.get('Type')} of {gross} {currency[:10]} has no amount, no currency or no Transaction ID")
        return Entry(
            provider="paypal",
            kind="refund_failed" if status in NOT_DONE and kind == "refund" else kind,
            id=identifier,
            amount=Money(written(abs(gross)), currency),
            at=at,
            payment=reference,
            order=row.id("Invoice Number") or row.id("Custom Number"),
            refund_no=row.id("Custom Number"),
            reverses=reference if kind == "dispute_won" else None,
        )

    def _at(self, row: Row) -> int:
        told = read_date(row.need("Date"), self.dates)
        clock = CLOCK.fullmatch(row.need("Time"))
        if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
            raise Bad(f"{row.get('Time')[:40]!r} is no time such as 18:00:03")
        hour = int(clock[1]) % 12 + (12 if clock[4].upper() == "PM" else 0) if clock[4] else int(clock[1])
        told = told.replace(hour=hour, minute=int(clock[2]), second=int(clock[3] or 0))
        return named(told, row.need("TimeZone"), self.asked.time_zone)

    def check(self, reading: Reading) -> None:
        """Rows that were under way, or whose type is in a language that is not known, are said by their type."""


def _order(text: str) -> str | None:
    found = DATE.fullmatch(text)
    if found is None or len(found[1]) == 4:
        return None
    if found[2] == "." or int(found[1]) > 12:
        return "dmy"
    return "mdy" if int(found[3]) > 12 else "either"


def read_date(text: str, dates: str | None) -> datetime:
    """A date: year first, or day first with points, or as the whole statement has it. Invalid when nothing says
    which: a guess would put refunds months away."""
    found, order = DATE.fullmatch(text), _order(text)
    if found is None:
        raise Bad(f"{text[:40]!r} is no date")
    order = dates if order == "either" else order
    if order is None and len(found[1]) != 4:
        raise invalid("dates", f"is needed, dmy or mdy: {text} may be either, and no date in the statement tells which")
    one, other, third = int(found[1]), int(found[3]), int(found[4])
    year, month, day = (
        (one, other, third) if len(found[1]) == 4 else (third, other, one) if order == "dmy" else (third, one, other)
    )
    try:
        return datetime(year + 2000 if year < 100 else year, month, day)  # noqa: DTZ001 - the zone stands beside it
    except ValueError:
        raise Bad(f"{text[:40]!r} is no date") from None
