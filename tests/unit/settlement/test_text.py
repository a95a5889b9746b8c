"""Statements as text: encodings, quotes, size."""

import io
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import StatementOptions
from chalicelib.domain.settlement.formats.text import detect_encoding, join_quoted_lines, numbered_lines, parse_amount
from tests.support.orders.statements import (
    FIXTURES,
    PAYPAL_HEADER,
    WECHAT,
    parse_statement,
    paypal_row,
    statement_fixture,
    wechat_bill,
    wechat_row,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same(encoding: str) -> None:
    entries, _ = parse_statement(wechat_bill(wechat_row(1, 商品名称="编织篮")).encode(encoding))
    assert [one.refund_no for one in entries] == ["R-1"]


def test_an_encoding_is_told_by_the_whole_text_not_by_its_beginning() -> None:
    late = [b"a" * 70_000, "编织篮".encode("gb18030")]
    assert detect_encoding(lambda: iter(late)) == "gb18030"
    cut = "编".encode()
    assert detect_encoding(lambda: iter([cut[:1], cut[1:]])) == "utf-8"


def test_a_quote_nobody_closes_spoils_its_own_line_and_no_other() -> None:
    lines = PAYPAL_HEADER + '"25/04/2026","08:30:00,"CET\n' + paypal_row("25/04/2026") + paypal_row("26/04/2026")
    entries, reading = parse_statement(lines)
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
    written = text.translate(str.maketrans(",.", ".,")) if comma else text
    assert parse_amount(written, comma) == amount


@given(
    st.binary(max_size=400),
    st.sampled_from(["wechat-all.csv", "alipay-trades.csv", "stripe-payout.csv", "paypal-en.csv"]),
)
def test_no_bytes_behind_a_good_statement_hide_what_stood_before_them(junk: bytes, name: str) -> None:
    good, _ = statement_fixture(name)
    try:
        entries, _ = parse_statement((FIXTURES / name).read_bytes() + b"\n" + junk, provider=None)
    except Invalid:  # refused as a whole with a message: nothing is lost silently
        return
    assert [one.place for one in entries][: len(good)] == [one.place for one in good]


def test_two_hundred_times_the_rows_take_no_more_memory() -> None:
    def peak(many: int) -> int:
        lines = [(1, WECHAT), *((number + 2, wechat_row(number)) for number in range(many))]
        _, entries = read_statement(lambda: iter(lines), StatementOptions())
        tracemalloc.start()
        assert sum(1 for _ in entries) == many
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4_000) < peak(20) + 100_000
