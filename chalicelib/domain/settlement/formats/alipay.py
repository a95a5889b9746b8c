"""Alipay's statements of a merchant in China: 业务明细 (what was traded) and 账务明细 (what moved on the account).

GB18030, lines of `#` before and behind, tabs behind ids. Times are Beijing's, amounts in yuan. Headings after Alipay's
own files of 2012 to 2026, as public parsers and their samples hold them; see `docs/statements.md`. A refund stands in
both: in 业务明细 under the shop's number of it, in 账务明细 as money going out.
"""

import re
from collections import Counter
from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.entries import Entry, Provider
from chalicelib.domain.settlement.formats.csv_rows import parted
from chalicelib.domain.settlement.formats.reading import Fields, Lines, Reading, Records, Row, check_sum, placed
from chalicelib.domain.settlement.formats.text import Bad, Numbered, amount_of, cleaned, written
from chalicelib.domain.settlement.formats.times import BEIJING, moment

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
        self.width, self.trades = 0, True
        self.totals: list[tuple[str, str, str, bool]] = []
        self.counts: Counter[str] = Counter()
        self.sums: dict[str, Decimal] = {}

    def headings(self, line: str) -> Fields | None:
        """The line that begins with the number of a trade, or of a movement."""
        found = [UNIT.sub("", cleaned(one)).strip() for one in line.split(",")]
        if found[0] not in ("支付宝交易号", "账务流水号"):
            return None
        self.width, self.trades = len(found), found[0] == "支付宝交易号"
        return found

    def places(self, headings: Fields) -> dict[str, int]:
        """Of the form that it is."""
        return placed(headings, TRADES, TRADES_NEED) if self.trades else placed(headings, ACCOUNT, ACCOUNT_NEED)

    def preamble(self, line: str, reading: Reading) -> None:
        """The period is told there; the account is not kept."""
        for told in PERIOD.findall(line):
            reading.cover(moment(told, BEIJING))

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Everything is written in one way."""

    def records(self, lines: Numbered) -> Records:
        """The rows up to the `#` behind them; then the totals."""
        for number, line in lines:
            if line is None:
                yield number, None
            elif line.lstrip("\ufeff ").startswith("#"):
                found = TOTALS.match(line.strip())
                if found:
                    self.totals.append((found[1], found[2], found[3] or "0", "金额共" in line))
            elif line.strip(", \t"):
                yield number, self._parted(line)

    def _parted(self, line: str) -> Fields | None:
        """Alipay quotes nothing; a file that went through a spreadsheet has quotes where commas are."""
        for fields in (line.split(","), parted(line, ",") or []):
            if len(fields) == self.width + 1 and not fields[-1].strip():
                fields.pop()
            if len(fields) == self.width:
                return fields
        return None

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund of either form."""
        return self._traded(row, reading) if self.trades else self._moved(row, reading)

    def _traded(self, row: Row, reading: Reading) -> Entry | None:
        kind, at = row.need("业务类型"), moment(row.get("完成时间") or row.need("创建时间"), BEIJING)
        reading.cover(at)
        amount = amount_of(row.get("订单金额"))
        is_refund = "退款" in kind
        self._add("退款" if is_refund else "交易", amount_of(row.get("商家实收")), amount)
        if not is_refund:
            reading.passed[kind] += 1
            return None
        if amount == 0:
            raise Bad("gives back nothing")
        payment, number = row.id("支付宝交易号"), row.id("退款批次号/请求号")
        if payment is None:
            raise Bad("has no 支付宝交易号")
        return Entry(
            provider="alipay",
            kind="refund",
            id=f"{payment}/{number or format_instant(at)}",
            amount=Money(written(abs(amount)), "CNY"),
            at=at,
            order=row.id("商户订单号"),
            refund_no=number,
            payment=payment,
            form="trade",
        )

    def _moved(self, row: Row, reading: Reading) -> Entry | None:
        at, kind = moment(row.need("发生时间"), BEIJING), row.get("业务类型")
        reading.cover(at)
        out, into = abs(amount_of(row.get("支出金额"))), abs(amount_of(row.get("收入金额")))
        self._add("支出" if out else "收入", out or into, out or into)
        if not out or "退款" not in f"{kind} {row.get('备注')}":
            reading.passed[kind] += 1
            return None
        movement = row.id("账务流水号")
        if movement is None:
            raise Bad("has no 账务流水号")
        return Entry(
            provider="alipay",
            kind="refund",
            id=movement,
            amount=Money(written(out), "CNY"),
            at=at,
            order=row.id("商户订单号"),
            payment=row.id("业务流水号"),
            form="account",
        )

    def _add(self, what: str, received: Decimal, ordered: Decimal) -> None:
        self.counts[what] += 1
        self.sums[what] = self.sums.get(what, Decimal(0)) + abs(received)
        self.sums[f"{what}金额"] = self.sums.get(f"{what}金额", Decimal(0)) + abs(ordered)

    def check(self, reading: Reading) -> None:
        """How many of each there are, and what they come to: what the shop received, or was ordered, as it says."""
        if not self.totals:
            reading.warnings.append("it has no totals at its end: it may have been cut off")
        for what, many, amount, ordered in self.totals:
            check_sum(reading, f"{what}合计笔数", many, self.counts[what])
            check_sum(
                reading,
                f"{what}合计",
                amount.lstrip("-"),
                self.sums.get(f"{what}金额" if ordered else what, Decimal(0)),
            )
