"""Dates, amounts and time zones of statements."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.formats.text import BadRow, format_amount, parse_amount, parse_id
from chalicelib.domain.settlement.formats.times import in_named_zone, parse_time
from tests.support.orders.statements import FIXTURES, PAYPAL_HEADER, parse_statement, paypal_row


def test_dates_that_can_be_read_two_ways_are_told_by_the_others_or_asked_for() -> None:
    rows = [
        format_instant(one.at)[:10]
        for one in parse_statement(PAYPAL_HEADER + paypal_row("03/04/2026") + paypal_row("25/04/2026"))[0]
    ]
    assert rows == ["2026-04-03", "2026-04-25"]
    with pytest.raises(Invalid, match="dmy or mdy: 03/04/2026 may be either"):
        parse_statement(PAYPAL_HEADER + paypal_row("03/04/2026"))
    assert (
        format_instant(parse_statement(PAYPAL_HEADER + paypal_row("03/04/2026"), dates="mdy")[0][0].at)[:10]
        == "2026-03-04"
    )
    with pytest.raises(Invalid, match="day first and dates with the month first"):
        parse_statement(PAYPAL_HEADER + paypal_row("25/04/2026") + paypal_row("04/25/2026"))


@pytest.mark.parametrize(
    ("amounts", "read_as"),
    [
        (["-1.234,56"], "1234.56"),
        (["-1,234.56"], "1234.56"),
        (["-9,90"], "9.90"),
        (["-1.234", "-0,50"], "1234"),
        (["-1,234", "-0.50"], "1234"),
    ],
)
def test_amounts_are_read_as_the_whole_statement_writes_them(amounts: list[str], read_as: str) -> None:
    entries, _ = parse_statement(PAYPAL_HEADER + "".join(paypal_row("25.04.2026", one) for one in amounts))
    assert entries[0].amount.value == Decimal(read_as)


def test_amounts_that_can_be_read_two_ways_are_asked_for() -> None:
    with pytest.raises(Invalid, match="comma or point"):
        parse_statement(PAYPAL_HEADER + paypal_row("25.04.2026", "-1,234"))
    assert (
        parse_statement(PAYPAL_HEADER + paypal_row("25.04.2026", "-1,234"), decimal="point")[0][0].amount.amount
        == "1234"
    )
    with pytest.raises(Invalid, match="some with a point"):
        parse_statement(PAYPAL_HEADER + paypal_row("25.04.2026", "-9,90") + paypal_row("26.04.2026", "-9.90"))


@pytest.mark.parametrize(
    ("zone", "want"),
    [("PDT", "15:30"), ("GMT+08:00", "00:30"), ("Europe/Berlin", "06:30"), ("UTC", "08:30"), ("GMT-3", "11:30")],
)
def test_the_zone_beside_a_time_is_heeded(zone: str, want: str) -> None:
    assert format_instant(parse_statement(PAYPAL_HEADER + paypal_row("25.06.2026", zone=zone))[0][0].at)[11:16] == want


def test_a_zone_that_means_several_things_needs_the_accounts_own() -> None:
    entries, reading = parse_statement(PAYPAL_HEADER + paypal_row("25.06.2026", zone="CST"))
    assert (entries, "several things" in reading.damaged[0].why) == ([], True)
    assert (
        format_instant(
            parse_statement(PAYPAL_HEADER + paypal_row("25.06.2026", zone="CST"), time_zone="Asia/Shanghai")[0][0].at
        )[11:16]
        == "00:30"
    )


def test_a_clock_of_twelve_hours_is_read() -> None:
    assert (
        format_instant(
            parse_statement(PAYPAL_HEADER + paypal_row("25.06.2026", zone="UTC", clock="12:05:09 AM"))[0][0].at
        )[11:19]
        == "00:05:09"
    )


def test_stripes_time_in_the_reports_zone_needs_the_zone() -> None:
    text = (FIXTURES / "stripe-payout.csv").read_text("utf-8").replace("created_utc", "something_else")
    with pytest.raises(Invalid, match="no column created_utc"):
        parse_statement(text)
    assert format_instant(parse_statement(text, time_zone="Asia/Shanghai")[0][0].at)[:16] == "2026-11-18T12:30"


@given(st.text(max_size=30))
def test_no_text_is_an_amount_that_was_not_written_as_one(text: str) -> None:
    try:
        amount = parse_amount(text)
    except BadRow:
        return
    assert format_amount(amount).lstrip("-").replace(".", "").isdigit()


@given(st.integers(min_value=10**20, max_value=10**31))
def test_ids_of_any_length_keep_every_digit(number: int) -> None:
    assert parse_id(f"`{number}\t") == str(number)


def test_times_that_went_through_a_spreadsheet_are_read() -> None:
    assert parse_time("2026/1/5 9:03", "Asia/Shanghai") == parse_time("2026-01-05 09:03:00", "Asia/Shanghai")


@pytest.mark.parametrize("name", ["America/Argentina", "America/Nowhere", "../etc/passwd", "/etc/passwd"])
def test_a_zone_that_is_none_is_said_to_be_none_and_the_accounts_own_is_used_if_there_is_one(name: str) -> None:
    moment = datetime(2026, 11, 20, 9)
    with pytest.raises(BadRow, match="means several things, or none"):
        in_named_zone(moment, name, None)
    assert in_named_zone(moment, name, "UTC") == in_named_zone(moment, "UTC", None)
