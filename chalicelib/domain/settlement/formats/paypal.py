"""PayPal's activity download and statement, separated by commas or tabs, in the language of the account.

Source: developer.paypal.com/reports (Activity Download; T-codes), read 2026-11-27, and the headings of public parsers.
Headings and types are recognised in English and German, event codes (T…) in every language.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.kernel.errors import invalid
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
from chalicelib.domain.settlement.formats.times import in_named_zone

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
"""Refund by the shop; reversal by PayPal; chargeback; chargeback reversed."""
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

    def __init__(self, options: StatementOptions) -> None:
        self.options = options
        self.delimiter = ","
        self.width = 0
        self.comma = False
        self.dates = options.dates

    def headings(self, line: str) -> Fields | None:
        """The line that names the column of transaction ids."""
        match = find_headings(line, NAMES["Transaction ID"])
        if match is None:
            return None
        headings, self.delimiter = match
        self.width = len(headings)
        return headings

    def places(self, headings: Fields) -> dict[str, int]:
        """The columns, by their English or German names."""
        return find_columns(headings, NAMES, NEEDED)

    def preamble(self, line: str, reading: Reading) -> None:
        """There are no lines before the headings."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Determine how amounts and dates are written: the statement as a whole shows it, or the uploader states it."""
        rows = self._rows(lines, places)
        amounts = ((row.get(name), row.get("Currency")) for row in rows for name in ("Gross", "Fee", "Net"))
        self.comma = uses_decimal_comma(amounts, self.options.decimal)
        orders = {_date_order(row.get("Date")) for row in self._rows(lines, places)}
        if {"dmy", "mdy"} <= orders:
            raise invalid("content", "has dates with the day first and dates with the month first")
        if "dmy" in orders:
            self.dates = "dmy"
        elif "mdy" in orders:
            self.dates = "mdy"

    def _rows(self, lines: Lines, places: dict[str, int]) -> Iterator[Row]:
        rows = read_rows(lines(), self.delimiter, self.width)
        return (Row(fields, places) for _, fields in rows if fields is not None)

    def records(self, lines: Numbered) -> Records:
        """The rows; statements have no totals."""
        return read_rows(lines, self.delimiter, self.width)

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund, a reversal or a chargeback that took place, or the reversal of a chargeback."""
        occurred_at = self._occurred_at(row)
        reading.cover(occurred_at)
        gross = parse_amount(row.need("Gross"), self.comma)
        kind = self._kind(row, gross, reading)
        if kind is None:
            return None
        identifier = row.id("Transaction ID")
        reference = row.id("Reference Txn ID")
        currency = row.need("Currency").upper()
        if identifier is None or gross == 0 or not re.fullmatch("[A-Z]{3}", currency):
            raise BadRow(
                f"{row.get('Type')} of {gross} {currency[:10]} has no amount, no currency or no Transaction ID"
            )
        return Entry(
            provider="paypal",
            kind=kind,
            id=identifier,
            amount=Money(format_amount(abs(gross)), currency),
            at=occurred_at,
            payment=reference,
            order=row.id("Invoice Number") or row.id("Custom Number"),
            refund_no=row.id("Custom Number"),
            reverses=reference if kind == "dispute_won" else None,
        )

    def _kind(self, row: Row, gross: Decimal, reading: Reading) -> EntryKind | None:
        """The kind of entry; None for a row that is counted in `passed`: of another type, or still pending."""
        kind = CODES.get(row.get("Event Code")) or TYPES.get(row.get("Type").casefold())
        if kind is None or (gross < 0) != (kind != "dispute_won"):
            reading.passed[row.get("Type")] += 1
            return None
        status = row.get("Status").casefold()
        if status not in (*DONE, *NOT_DONE):
            reading.passed[f"{row.get('Type')} ({row.get('Status')})"] += 1
            return None
        return "refund_failed" if status in NOT_DONE and kind == "refund" else kind

    def _occurred_at(self, row: Row) -> Instant:
        date = read_date(row.need("Date"), self.dates)
        clock = CLOCK.fullmatch(row.need("Time"))
        if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
            raise BadRow(f"{row.get('Time')[:40]!r} is no time such as 18:00:03")
        hour = int(clock[1])
        if clock[4]:
            hour = hour % 12 + (12 if clock[4].upper() == "PM" else 0)
        moment = date.replace(hour=hour, minute=int(clock[2]), second=int(clock[3] or 0))
        return in_named_zone(moment, row.need("TimeZone"), self.options.time_zone)

    def check(self, reading: Reading) -> None:
        """Nothing to compare: rows that are pending, or of a type in another language, are counted by type in
        `passed`."""


def _date_order(text: str) -> str | None:
    """`dmy`, `mdy` or `either`, as a date shows; None if it begins with the year, or is no date."""
    match = DATE.fullmatch(text)
    if match is None or len(match[1]) == 4:
        return None
    if match[2] == "." or int(match[1]) > 12:
        return "dmy"
    return "mdy" if int(match[3]) > 12 else "either"


def read_date(text: str, dates: str | None) -> datetime:
    """A date: year first, or day first with points, or in the order of the whole statement (`dates`). `Invalid` if the
    order is unknown: a guess would date refunds months too early or too late."""
    match = DATE.fullmatch(text)
    if match is None:
        raise BadRow(f"{text[:40]!r} is no date")
    order = _date_order(text)
    order = dates if order == "either" else order
    if order is None and len(match[1]) != 4:
        raise invalid("dates", f"is needed, dmy or mdy: {text} may be either, and no date in the statement tells which")
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        year, month, day = first, second, third
    elif order == "dmy":
        year, month, day = third, second, first
    else:
        year, month, day = third, first, second
    try:
        return datetime(year + 2000 if year < 100 else year, month, day)  # noqa: DTZ001 - the caller adds its time zone
    except ValueError:
        raise BadRow(f"{text[:40]!r} is no date") from None
