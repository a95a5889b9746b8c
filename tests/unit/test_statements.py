"""Statements as payment services' customers download them: every format, its quirks, its damages, and its sizes."""

import io
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import format_instant, parse_instant
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import Reading, StatementOptions
from chalicelib.domain.settlement.formats.text import (
    BadRow,
    detect_encoding,
    format_amount,
    join_quoted_lines,
    numbered_lines,
    parse_amount,
    parse_id,
)
from chalicelib.domain.settlement.formats.times import parse_time
from chalicelib.usecases.settlement.store_statement import open_statement

FIXTURES = Path(__file__).parent.parent / "fixtures" / "statements"
WECHAT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
WECHAT_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def read(data: bytes | str, **asked: Any) -> tuple[list[Entry], Reading]:
    raw = data.encode() if isinstance(data, str) else data
    reading, entries = read_statement(open_statement(raw), StatementOptions(**asked))
    return list(entries), reading


def fixture(name: str, **asked: Any) -> tuple[list[Entry], Reading]:
    return read((FIXTURES / name).read_bytes(), **asked)


def row(number: int, amount: str = "1.00", **other: str) -> str:
    told = {
        "交易时间": "2026-11-18 15:40:01",
        "微信订单号": f"4200009999{number:018d}",
        "商户订单号": f"O-{number}",
        "交易状态": "REFUND",
        "货币种类": "CNY",
        "微信退款单号": f"5030009999{number:019d}",
        "商户退款单号": f"R-{number}",
        "退款金额": amount,
        "退款状态": "SUCCESS",
        "申请退款金额": amount,
        "商品名称": "灯",
    } | other
    return ",".join(f"`{told.get(name, '')}" for name in WECHAT.split(","))


def bill(*rows: str, totals: str | None = None) -> str:
    return "\n".join([WECHAT, *rows, *([WECHAT_TOTALS, totals] if totals else [])]) + "\n"


def shown(entry: Entry) -> tuple[str, str, str, str, str]:
    return entry.kind, entry.id, entry.amount.amount, entry.amount.currency, format_instant(entry.at)[:16]


def test_a_wechat_bill_is_read_with_its_ids_as_text_its_names_with_commas_and_its_times_from_beijing() -> None:
    entries, reading = fixture("wechat-all.csv")
    assert [shown(one) for one in entries] == [
        ("refund", "50300099992026111800000000001", "100.00", "CNY", "2026-11-18T07:40"),
        ("refund", "50300099992026111800000000002", "88.00", "CNY", "2026-11-18T08:05"),
        ("refund_failed", "50300099992026111800000000003", "12.50", "CNY", "2026-11-18T09:00"),
    ]
    assert (entries[0].order, entries[0].refund_no) == ("O-1001", "RF-DESK-0001")
    assert entries[0].payment == "4200009999202611180000000001"
    assert (reading.provider, reading.rows, reading.damaged, reading.warnings) == ("wechat", 5, [], [])


def test_a_wechat_refund_bill_tells_when_the_refund_succeeded_and_the_whole_of_what_was_asked_for() -> None:
    (entry,), reading = fixture("wechat-refund.csv")
    assert shown(entry) == ("refund", "50300099992026111800000000001", "100.00", "CNY", "2026-11-18T07:40")
    assert entry.at == parse_instant("2026-11-18T15:40:33+08:00")
    assert reading.warnings == []


def test_the_same_refund_in_two_bills_of_wechat_lies_in_one_place() -> None:
    whole, refunds = fixture("wechat-all.csv")[0], fixture("wechat-refund.csv")[0]
    assert whole[0].place == refunds[0].place
    assert whole[0].at != refunds[0].at


def test_alipays_trades_are_read_from_gb18030_between_their_lines_of_hashes() -> None:
    (entry,), reading = fixture("alipay-trades.csv")
    assert shown(entry) == (
        "refund",
        "2026111822001400009999000001/RF-DESK-0002",
        "1250.00",
        "CNY",
        "2026-11-18T12:11",
    )
    assert (entry.order, entry.refund_no, entry.form) == ("O-2001", "RF-DESK-0002", "trade")
    assert (reading.rows, reading.damaged, reading.warnings) == (3, [], [])
    assert (reading.since, reading.until) == (
        parse_instant("2026-11-18T00:00:00+08:00"),
        parse_instant("2026-11-19T00:00:00+08:00"),
    )


def test_alipays_account_says_what_went_out_and_fees_are_no_refunds() -> None:
    (entry,), reading = fixture("alipay-account.csv")
    assert shown(entry) == ("refund", "900000000000000000000002", "1250.00", "CNY", "2026-11-18T12:11")
    assert (entry.order, entry.form) == ("O-2001", "account")
    assert (reading.warnings, dict(reading.passed)) == ([], {"在线支付": 1, "收费": 1})


def test_stripes_report_gives_the_customers_own_amount_and_what_came_back() -> None:
    entries, reading = fixture("stripe-payout.csv")
    assert [shown(one) for one in entries] == [
        ("refund", "re_demo_1", "45.00", "EUR", "2026-11-18T12:30"),
        ("refund", "re_demo_2", "50.00", "USD", "2026-11-18T13:00"),
        ("dispute", "dp_demo_1", "75.00", "EUR", "2026-11-18T14:00"),
        ("dispute_won", "dp_demo_1", "75.00", "EUR", "2026-11-19T08:00"),
        ("refund_failed", "re_demo_2", "50.00", "USD", "2026-11-19T09:00"),
    ]
    assert (entries[0].order, entries[0].refund_no, entries[0].payment) == ("3001", "RF-DESK-0003", "pi_demo_1")
    assert (reading.rows, reading.damaged) == (6, [])


def test_paypals_english_download_has_the_month_first_and_a_zone_beside_each_time() -> None:
    entries, reading = fixture("paypal-en.csv")
    assert [shown(one) for one in entries] == [
        ("refund", "1AA00000AA000002A", "1234.56", "USD", "2026-11-18T18:15"),
        ("dispute", "1AA00000AA000004A", "20.00", "USD", "2026-11-18T19:00"),
        ("dispute_won", "1AA00000AA000005A", "20.00", "USD", "2026-11-19T19:00"),
    ]
    assert entries[2].reverses == entries[1].id
    assert dict(reading.passed) == {"Express Checkout Payment": 1, "Payment Refund (Pending)": 1}


def test_paypals_german_download_has_tabs_points_in_dates_and_a_comma_before_the_cents() -> None:
    (entry,), _ = fixture("paypal-de.tsv")
    assert shown(entry) == ("refund", "2BB00000BB000002B", "1234.56", "EUR", "2026-11-04T07:30")


@pytest.mark.parametrize("name", sorted(one.name for one in FIXTURES.iterdir()))
def test_nothing_of_the_payer_is_in_what_is_read(name: str) -> None:
    told = repr(fixture(name)[0])
    assert not any(
        word in told for word in ("example.com", "某", "oDemo", "Nonymous", "Beispiel", "Street", "篮", "灯")
    )


@pytest.mark.parametrize(("many", "damaged"), [(0, False), (1, False), (1, True), (3, False), (3, True), (500, True)])
def test_bills_of_every_size_are_read_whole_and_a_damaged_row_costs_only_itself(many: int, damaged: bool) -> None:
    rows = [row(number) for number in range(many)]
    if damaged:
        rows.insert(many // 2, "`2026-11-18 15:40:01,`torn off in the midd")
    entries, reading = read(bill(*rows, totals=f"`{len(rows)},`0.00,`{many}.00,`0.00,`0.00,`0.00,`{many}.00"))
    assert [one.refund_no for one in entries] == [f"R-{number}" for number in range(many)]
    assert [one.line for one in reading.damaged] == ([many // 2 + 2] if damaged else [])
    assert reading.warnings == []


def test_totals_that_are_not_what_was_read_are_said() -> None:
    _, reading = read(bill(row(1, "5.00"), totals="`2,`0.00,`5.01,`0.00,`0.00,`0.00,`5.00"))
    assert reading.warnings == [
        "its totals say 总交易单数 2, and 1 was read",
        "its totals say 退款总金额 5.01, and 5.00 was read",
    ]


def test_a_bill_that_was_cut_off_before_its_totals_is_said_to_be() -> None:
    entries, reading = read(bill(row(1)))
    assert len(entries) == 1
    assert "cut off" in reading.warnings[0]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"微信订单号": "4.20001E+27"}, "spreadsheet"),
        ({"交易时间": "yesterday"}, "no time"),
        ({"申请退款金额": "1.2.3"}, "no amount"),
        ({"申请退款金额": "0.00", "退款金额": "0.00"}, "gives back 0"),
        ({"退款状态": "SOMETHING"}, "not known"),
        ({"交易状态": ""}, "has no 交易状态"),
        ({"货币种类": "元"}, "元"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(changed: dict[str, str], why: str) -> None:
    entries, reading = read(bill(row(1), row(2, **changed), row(3)))
    assert [one.refund_no for one in entries] == ["R-1", "R-3"]
    assert [(one.line, why in one.why) for one in reading.damaged] == [(3, True)]


def test_columns_that_are_missing_are_all_named() -> None:
    with pytest.raises(Invalid, match="no column 商户退款单号, 退款金额; it has 交易时间"):
        read(bill().replace(",商户退款单号,退款金额,", ","))


def test_columns_nobody_knows_and_another_order_of_them_change_nothing() -> None:
    entries, _ = read(_shuffled())
    assert [(one.order, one.amount.amount) for one in entries] == [("O-1", "1.00")]


def _shuffled() -> str:
    names, fields = WECHAT.split(","), row(1).split(",`")
    fields[0] = fields[0].removeprefix("`")
    order = [0, *range(len(names) - 1, 0, -1)]
    return ",".join([*(names[n] for n in order), "新列"]) + "\n" + ",".join([*(f"`{fields[n]}" for n in order), "`x"])


@pytest.mark.parametrize(
    ("data", "path", "why"),
    [
        (b"", "content", "no statement that is known"),
        (b"Name,Amount\nA,1\n", "content", "no statement that is known"),
        (b"PK\x03\x04 and so on", "content", "unpack it"),
        (b"\x1f\x8b and so on", "content", "unpack it"),
        (bytes([0x80, 0xFF, 0xFF]), "content", "none of UTF-8"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(data: bytes, path: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        read(data)
    assert refused.value.errors[0][0] == path


def test_a_statement_of_another_service_than_was_said_is_refused() -> None:
    with pytest.raises(Invalid, match="is alipay, and the statement is one of wechat"):
        fixture("wechat-all.csv", provider="alipay")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same(encoding: str) -> None:
    entries, _ = read(bill(row(1, 商品名称="编织篮")).encode(encoding))
    assert [one.refund_no for one in entries] == ["R-1"]


def test_an_encoding_is_told_by_the_whole_text_not_by_its_beginning() -> None:
    late = [b"a" * 70_000, "编织篮".encode("gb18030")]
    assert detect_encoding(lambda: iter(late)) == "gb18030"
    cut = "编".encode()
    assert detect_encoding(lambda: iter([cut[:1], cut[1:]])) == "utf-8"


PAYPAL = '"Date","Time","TimeZone","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Invoice Number"\n'


def paid(date: str, gross: str = "-9.90", zone: str = "CET", clock: str = "08:30:00") -> str:
    return f'"{date}","{clock}","{zone}","Payment Refund","Completed","EUR","{gross}","0","{gross}","T-{date}","I-1"\n'


def test_dates_that_can_be_read_two_ways_are_told_by_the_others_or_asked_for() -> None:
    told = [format_instant(one.at)[:10] for one in read(PAYPAL + paid("03/04/2026") + paid("25/04/2026"))[0]]
    assert told == ["2026-04-03", "2026-04-25"]
    with pytest.raises(Invalid, match="dmy or mdy: 03/04/2026 may be either"):
        read(PAYPAL + paid("03/04/2026"))
    assert format_instant(read(PAYPAL + paid("03/04/2026"), dates="mdy")[0][0].at)[:10] == "2026-03-04"
    with pytest.raises(Invalid, match="day first and dates with the month first"):
        read(PAYPAL + paid("25/04/2026") + paid("04/25/2026"))


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
    entries, _ = read(PAYPAL + "".join(paid("25.04.2026", one) for one in amounts))
    assert entries[0].amount.value == Decimal(read_as)


def test_amounts_that_can_be_read_two_ways_are_asked_for() -> None:
    with pytest.raises(Invalid, match="comma or point"):
        read(PAYPAL + paid("25.04.2026", "-1,234"))
    assert read(PAYPAL + paid("25.04.2026", "-1,234"), decimal="point")[0][0].amount.amount == "1234"
    with pytest.raises(Invalid, match="some with a point"):
        read(PAYPAL + paid("25.04.2026", "-9,90") + paid("26.04.2026", "-9.90"))


@pytest.mark.parametrize(
    ("zone", "want"),
    [("PDT", "15:30"), ("GMT+08:00", "00:30"), ("Europe/Berlin", "06:30"), ("UTC", "08:30"), ("GMT-3", "11:30")],
)
def test_the_zone_beside_a_time_is_heeded(zone: str, want: str) -> None:
    assert format_instant(read(PAYPAL + paid("25.06.2026", zone=zone))[0][0].at)[11:16] == want


def test_a_zone_that_means_several_things_needs_the_accounts_own() -> None:
    entries, reading = read(PAYPAL + paid("25.06.2026", zone="CST"))
    assert (entries, "several things" in reading.damaged[0].why) == ([], True)
    assert (
        format_instant(read(PAYPAL + paid("25.06.2026", zone="CST"), time_zone="Asia/Shanghai")[0][0].at)[11:16]
        == "00:30"
    )


def test_a_clock_of_twelve_hours_is_read() -> None:
    assert (
        format_instant(read(PAYPAL + paid("25.06.2026", zone="UTC", clock="12:05:09 AM"))[0][0].at)[11:19] == "00:05:09"
    )


def test_stripes_time_in_the_reports_zone_needs_the_zone() -> None:
    text = (FIXTURES / "stripe-payout.csv").read_text("utf-8").replace("created_utc", "something_else")
    with pytest.raises(Invalid, match="no column created_utc"):
        read(text)
    assert format_instant(read(text, time_zone="Asia/Shanghai")[0][0].at)[:16] == "2026-11-18T12:30"


def test_a_quote_nobody_closes_spoils_its_own_line_and_no_other() -> None:
    lines = PAYPAL + '"25/04/2026","08:30:00,"CET\n' + paid("25/04/2026") + paid("26/04/2026")
    entries, reading = read(lines)
    assert [one.id for one in entries] == ["T-25/04/2026", "T-26/04/2026"]
    assert [one.line for one in reading.damaged] == [2]


def test_a_quoted_field_over_two_lines_is_one_record_and_lines_behind_it_keep_their_numbers() -> None:
    numbered = list(join_quoted_lines(iter([(1, 'a,"b'), (2, 'c",d'), (3, "e")])))
    assert numbered == [(1, 'a,"b\nc",d'), (3, "e")]


def test_a_line_without_end_is_not_held_in_memory() -> None:
    text = "a\n" + "x" * 1_000_000 + "\nb\n"
    assert list(numbered_lines(io.StringIO(text))) == [(1, "a"), (2, None), (3, "b")]


@given(st.decimals(min_value="-999999999", max_value="999999999", places=2), st.booleans(), st.booleans())
def test_whatever_is_written_with_separators_is_read_exactly(amount: Decimal, comma: bool, grouped: bool) -> None:
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    told = text.translate(str.maketrans(",.", ".,")) if comma else text
    assert parse_amount(told, comma) == amount


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


@given(
    st.binary(max_size=400),
    st.sampled_from(["wechat-all.csv", "alipay-trades.csv", "stripe-payout.csv", "paypal-en.csv"]),
)
def test_no_bytes_behind_a_good_statement_hide_what_stood_before_them(junk: bytes, name: str) -> None:
    good, _ = fixture(name)
    try:
        entries, _ = read((FIXTURES / name).read_bytes() + b"\n" + junk, provider=None)
    except Invalid:  # refused as a whole, in words: nothing is lost silently
        return
    assert [one.place for one in entries][: len(good)] == [one.place for one in good]


def test_times_that_went_through_a_spreadsheet_are_read() -> None:
    assert parse_time("2026/1/5 9:03", "Asia/Shanghai") == parse_time("2026-01-05 09:03:00", "Asia/Shanghai")


def test_two_hundred_times_the_rows_take_no_more_memory() -> None:
    def peak(many: int) -> int:
        lines = [(1, WECHAT), *((number + 2, row(number)) for number in range(many))]
        _, entries = read_statement(lambda: iter(lines), StatementOptions())
        tracemalloc.start()
        assert sum(1 for _ in entries) == many
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4_000) < peak(20) + 100_000


def test_providers_are_told_apart_by_their_headings() -> None:
    told: dict[str, Provider] = {"wechat": "wechat", "alipay": "alipay", "stripe": "stripe", "paypal": "paypal"}
    for file in FIXTURES.iterdir():
        assert fixture(file.name)[1].provider == told[file.name.partition("-")[0]]
