"""Statements of every payment service: their formats, quirks and damages."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.domain.settlement.entries import Provider
from tests.support.orders.statements import (
    FIXTURES,
    WECHAT,
    parse_statement,
    shown,
    statement_fixture,
    wechat_bill,
    wechat_row,
)


def test_a_wechat_bill_is_read_with_its_ids_as_text_its_names_with_commas_and_its_times_from_beijing() -> None:
    entries, reading = statement_fixture("wechat-all.csv")
    assert [shown(one) for one in entries] == [
        ("refund", "50300099992026111800000000001", "100.00", "CNY", "2026-11-18T07:40"),
        ("refund", "50300099992026111800000000002", "88.00", "CNY", "2026-11-18T08:05"),
        ("refund_failed", "50300099992026111800000000003", "12.50", "CNY", "2026-11-18T09:00"),
    ]
    assert (entries[0].order, entries[0].refund_no) == ("O-1001", "RF-DESK-0001")
    assert entries[0].payment == "4200009999202611180000000001"
    assert (reading.provider, reading.rows, reading.damaged, reading.warnings) == ("wechat", 5, [], [])


def test_a_wechat_refund_bill_tells_when_the_refund_succeeded_and_the_whole_of_what_was_asked_for() -> None:
    (entry,), reading = statement_fixture("wechat-refund.csv")
    assert shown(entry) == ("refund", "50300099992026111800000000001", "100.00", "CNY", "2026-11-18T07:40")
    assert entry.at == parse_instant("2026-11-18T15:40:33+08:00")
    assert reading.warnings == []


def test_the_same_refund_in_two_bills_of_wechat_lies_in_one_place() -> None:
    whole, refunds = statement_fixture("wechat-all.csv")[0], statement_fixture("wechat-refund.csv")[0]
    assert whole[0].place == refunds[0].place
    assert whole[0].at != refunds[0].at


def test_alipays_trades_are_read_from_gb18030_between_their_lines_of_hashes() -> None:
    (entry,), reading = statement_fixture("alipay-trades.csv")
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
    (entry,), reading = statement_fixture("alipay-account.csv")
    assert shown(entry) == ("refund", "900000000000000000000002", "1250.00", "CNY", "2026-11-18T12:11")
    assert (entry.order, entry.form) == ("O-2001", "account")
    assert (reading.warnings, dict(reading.passed)) == ([], {"在线支付": 1, "收费": 1})


def test_stripes_report_gives_the_customers_own_amount_and_what_came_back() -> None:
    entries, reading = statement_fixture("stripe-payout.csv")
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
    entries, reading = statement_fixture("paypal-en.csv")
    assert [shown(one) for one in entries] == [
        ("refund", "1AA00000AA000002A", "1234.56", "USD", "2026-11-18T18:15"),
        ("dispute", "1AA00000AA000004A", "20.00", "USD", "2026-11-18T19:00"),
        ("dispute_won", "1AA00000AA000005A", "20.00", "USD", "2026-11-19T19:00"),
    ]
    assert entries[2].reverses == entries[1].id
    assert dict(reading.passed) == {"Express Checkout Payment": 1, "Payment Refund (Pending)": 1}


def test_paypals_german_download_has_tabs_points_in_dates_and_a_comma_before_the_cents() -> None:
    (entry,), _ = statement_fixture("paypal-de.tsv")
    assert shown(entry) == ("refund", "2BB00000BB000002B", "1234.56", "EUR", "2026-11-04T07:30")


@pytest.mark.parametrize("name", sorted(one.name for one in FIXTURES.iterdir()))
def test_nothing_of_the_payer_is_in_what_is_read(name: str) -> None:
    text_read = repr(statement_fixture(name)[0])
    assert not any(
        word in text_read for word in ("example.com", "某", "oDemo", "Nonymous", "Beispiel", "Street", "篮", "灯")
    )


@pytest.mark.parametrize(("many", "damaged"), [(0, False), (1, False), (1, True), (3, False), (3, True), (500, True)])
def test_bills_of_every_size_are_read_whole_and_a_damaged_row_costs_only_itself(many: int, damaged: bool) -> None:
    rows = [wechat_row(number) for number in range(many)]
    if damaged:
        rows.insert(many // 2, "`2026-11-18 15:40:01,`torn off in the midd")
    entries, reading = parse_statement(
        wechat_bill(*rows, totals=f"`{len(rows)},`0.00,`{many}.00,`0.00,`0.00,`0.00,`{many}.00")
    )
    assert [one.refund_no for one in entries] == [f"R-{number}" for number in range(many)]
    assert [one.line for one in reading.damaged] == ([many // 2 + 2] if damaged else [])
    assert reading.warnings == []


def test_totals_that_are_not_what_was_read_are_said() -> None:
    _, reading = parse_statement(wechat_bill(wechat_row(1, "5.00"), totals="`2,`0.00,`5.01,`0.00,`0.00,`0.00,`5.00"))
    assert reading.warnings == [
        "its totals say 总交易单数 2, and 1 was read",
        "its totals say 退款总金额 5.01, and 5.00 was read",
    ]


def test_a_bill_that_was_cut_off_before_its_totals_is_said_to_be() -> None:
    entries, reading = parse_statement(wechat_bill(wechat_row(1)))
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
    entries, reading = parse_statement(wechat_bill(wechat_row(1), wechat_row(2, **changed), wechat_row(3)))
    assert [one.refund_no for one in entries] == ["R-1", "R-3"]
    assert [(one.line, why in one.why) for one in reading.damaged] == [(3, True)]


def test_columns_that_are_missing_are_all_named() -> None:
    with pytest.raises(Invalid, match="no column 商户退款单号, 退款金额; it has 交易时间"):
        parse_statement(wechat_bill().replace(",商户退款单号,退款金额,", ","))


def test_columns_nobody_knows_and_another_order_of_them_change_nothing() -> None:
    entries, _ = parse_statement(_shuffled())
    assert [(one.order, one.amount.amount) for one in entries] == [("O-1", "1.00")]


def _shuffled() -> str:
    names, fields = WECHAT.split(","), wechat_row(1).split(",`")
    fields[0] = fields[0].removeprefix("`")
    order = [0, *range(len(names) - 1, 0, -1)]
    return ",".join([*(names[n] for n in order), "新列"]) + "\n" + ",".join([*(f"`{fields[n]}" for n in order), "`x"])


@pytest.mark.parametrize(
    ("data", "path", "why"),
    [
        (b"", "content", "not a known statement"),
        (b"Name,Amount\nA,1\n", "content", "not a known statement"),
        (b"PK\x03\x04 and so on", "content", "unpack it"),
        (b"\x1f\x8b and so on", "content", "unpack it"),
        (bytes([0x80, 0xFF, 0xFF]), "content", "none of UTF-8"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(data: bytes, path: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        parse_statement(data)
    assert refused.value.errors[0][0] == path


def test_a_statement_of_another_service_than_was_said_is_refused() -> None:
    with pytest.raises(Invalid, match="is alipay, but the statement is from wechat"):
        statement_fixture("wechat-all.csv", provider="alipay")


def test_providers_are_told_apart_by_their_headings() -> None:
    providers: dict[str, Provider] = {"wechat": "wechat", "alipay": "alipay", "stripe": "stripe", "paypal": "paypal"}
    for file in FIXTURES.iterdir():
        assert statement_fixture(file.name)[1].provider == providers[file.name.partition("-")[0]]
