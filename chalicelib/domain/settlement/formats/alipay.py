"""Alipay's statements of a merchant in China: 业务明细 (trades) and 账务明细 (movements of the account).

GB18030, lines of `#` before and after the rows, tabs after ids. Times are Beijing time, amounts are in yuan. The
headings follow Alipay's own files of 2012 to 2026, as public parsers and their samples have them; see
`docs/statements.md`. A refund is in both statements: in 业务明细 with the shop's refund number, in 账务明细 as money
going out.
"""

import re
from collections import Counter
from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.csv_rows import split_fields
from chalicelib.domain.settlement.formats.reading import Fields, Lines, Reading, Records, Row, check_total, find_columns
from chalicelib.domain.settlement.formats.text import BadRow, Numbered, clean_field, format_amount, parse_amount
from chalicelib.domain.settlement.formats.times import BEIJING, parse_time

UNIT = re.compile(r"[（(][+\-]?元[)）]")
TRADES = {
    "支付宝交易号": ("支付宝交易号",),
    "商户订单号": ("商户订单号",),
    "业务类型": ("业务类型",),
    "创建时间": ("创建时间",),
    "完成时间": ("完成时间",),
    "订单金额": ("订单金额",),
    "商家实收": ("商家实收",),
    "退款批次号/请求号": ("退款批次号/请求号", "退款批次号", "请求号"),
}
ACCOUNT = {
    "账务流水号": ("账务流水号",),
    "业务流水号": ("业务流水号",),
    "商户订单号": ("商户订单号",),
    "发生时间": ("发生时间", "入账时间"),
    "支出金额": ("支出金额", "支出"),
    "收入金额": ("收入金额", "收入"),
    "业务类型": ("业务类型",),
    "备注": ("备注",),
}
TRADES_NEED = ("支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额", "退款批次号/请求号")
ACCOUNT_NEED = ("账务流水号", "商户订单号", "发生时间", "支出金额", "业务类型")
TOTALS = re.compile(r"#+\s*(交易|退款|收入|支出)合计[:：]\s*([0-9]+)\s*笔[^0-9\-]*(-?[0-9.,]+)?")
PERIOD = re.compile(r"(?:起始|终止)日期[:：]\s*\[?([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日[ ]*[0-9:]+)")


class Alipay:
    """One statement, of either form."""

    provider: Provider = "alipay"

    def __init__(self) -> None:
        self.width = 0
        self.trades = True
        self.totals: list[tuple[str, str, str, bool]] = []
        self.counts: Counter[str] = Counter()
        self.sums: dict[str, Decimal] = {}

    def headings(self, line: str) -> Fields | None:
        """The line that begins with the number of a trade, or with the number of a movement."""
        names = [UNIT.sub("", clean_field(field)).strip() for field in line.split(",")]
        if names[0] not in ("支付宝交易号", "账务流水号"):
            return None
        self.width = len(names)
        self.trades = names[0] == "支付宝交易号"
        return names

    def places(self, headings: Fields) -> dict[str, int]:
        """The columns of a statement of trades or of movements."""
        return (
            find_columns(headings, TRADES, TRADES_NEED)
            if self.trades
            else find_columns(headings, ACCOUNT, ACCOUNT_NEED)
        )

    def preamble(self, line: str, reading: Reading) -> None:
        """The period is stated there; the account number is not stored."""
        for text in PERIOD.findall(line):
            reading.cover(parse_time(text, BEIJING))

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Nothing to determine: all files write numbers and dates the same way."""

    def records(self, lines: Numbered) -> Records:
        """The rows up to the lines of `#`, then the totals."""
        for number, line in lines:
            if line is None:
                yield number, None
            elif line.lstrip("\ufeff ").startswith("#"):
                total = TOTALS.match(line.strip())
                if total:
                    self.totals.append((total[1], total[2], total[3] or "0", "金额共" in line))
            elif line.strip(", \t"):
                yield number, self._split(line)

    def _split(self, line: str) -> Fields | None:
        """Alipay does not quote fields; a file that was saved by a spreadsheet has quotes around fields with commas."""
        for fields in (line.split(","), split_fields(line, ",") or []):
            if len(fields) == self.width + 1 and not fields[-1].strip():
                fields.pop()
            if len(fields) == self.width:
                return fields
        return None

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund of a trade, or of a movement."""
        return self._entry_of_trade(row, reading) if self.trades else self._entry_of_movement(row, reading)

    def _entry_of_trade(self, row: Row, reading: Reading) -> Entry | None:
        kind = row.need("业务类型")
        occurred_at = parse_time(row.get("完成时间") or row.need("创建时间"), BEIJING)
        reading.cover(occurred_at)
        amount = parse_amount(row.get("订单金额"))
        is_refund = "退款" in kind
        self._add("退款" if is_refund else "交易", parse_amount(row.get("商家实收")), amount)
        if not is_refund:
            reading.passed[kind] += 1
            return None
        if amount == 0:
            raise BadRow("gives back nothing")
        payment = row.id("支付宝交易号")
        number = row.id("退款批次号/请求号")
        if payment is None:
            raise BadRow("has no 支付宝交易号")
        return Entry(
            provider="alipay",
            kind="refund",
            id=f"{payment}/{number or format_instant(occurred_at)}",
            amount=Money(format_amount(abs(amount)), "CNY"),
            at=occurred_at,
            order=row.id("商户订单号"),
            refund_no=number,
            payment=payment,
            form="trade",
        )

    def _entry_of_movement(self, row: Row, reading: Reading) -> Entry | None:
        occurred_at = parse_time(row.need("发生时间"), BEIJING)
        kind = row.get("业务类型")
        reading.cover(occurred_at)
        out = abs(parse_amount(row.get("支出金额")))
        into = abs(parse_amount(row.get("收入金额")))
        self._add("支出" if out else "收入", out or into, out or into)
        if not out or "退款" not in f"{kind} {row.get('备注')}":
            reading.passed[kind] += 1
            return None
        movement = row.id("账务流水号")
        if movement is None:
            raise BadRow("has no 账务流水号")
        return Entry(
            provider="alipay",
            kind="refund",
            id=movement,
            amount=Money(format_amount(out), "CNY"),
            at=occurred_at,
            order=row.id("商户订单号"),
            payment=row.id("业务流水号"),
            form="account",
        )

    def _add(self, what: str, received: Decimal, ordered: Decimal) -> None:
        self.counts[what] += 1
        self.sums[what] = self.sums.get(what, Decimal(0)) + abs(received)
        self.sums[f"{what}金额"] = self.sums.get(f"{what}金额", Decimal(0)) + abs(ordered)

    def check(self, reading: Reading) -> None:
        """Compare the number and the sum of each type of row; the total names what the shop received, or the order
        amount."""
        if not self.totals:
            reading.warnings.append("it has no totals at its end: it may have been cut off")
        for what, count, amount, is_order_amount in self.totals:
            check_total(reading, f"{what}合计笔数", count, self.counts[what])
            check_total(
                reading,
                f"{what}合计",
                amount.lstrip("-"),
                self.sums.get(f"{what}金额" if is_order_amount else what, Decimal(0)),
            )
