"""WeChat Pay's transaction bill 交易账单 (ALL and REFUND), as it is downloaded: each field begins with a backtick.

Source: pay.weixin.qq.com, "交易账单详细说明" of 2024-11-25. Times are Beijing time, amounts are in yuan. A refund is
listed on the day it was started, and later states are not listed; the money has left the shop's account by then.
"""

import re
from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.settlement.entries import Entry, EntryKind, Provider
from chalicelib.domain.settlement.formats.reading import Fields, Lines, Reading, Records, Row, check_total, find_columns
from chalicelib.domain.settlement.formats.text import BadRow, Numbered, clean_field, format_amount, parse_amount
from chalicelib.domain.settlement.formats.times import BEIJING, parse_time

NAMES = {
    "交易时间": ("交易时间",),
    "微信订单号": ("微信订单号",),
    "商户订单号": ("商户订单号",),
    "交易状态": ("交易状态",),
    "货币种类": ("货币种类",),
    "微信退款单号": ("微信退款单号",),
    "商户退款单号": ("商户退款单号",),
    "退款金额": ("退款金额",),
    "申请退款金额": ("申请退款金额",),
    "退款状态": ("退款状态",),
    "退款成功时间": ("退款成功时间",),
    "总金额": ("应结订单金额", "总金额"),
}
NEEDED = ("交易时间", "微信订单号", "商户订单号", "交易状态", "微信退款单号", "商户退款单号", "退款金额", "退款状态")
TOTALS = "总交易单数"
GIVEN = ("SUCCESS", "PROCESSING", "")
NOT_GIVEN = ("FAIL", "FAILED", "CHANGE", "ABNORMAL", "CLOSED", "REFUNDCLOSE")
CURRENCY = re.compile("[A-Z]{3}")


class WeChat:
    """One transaction bill."""

    provider: Provider = "wechat"

    def __init__(self) -> None:
        self.width = 0
        self.totals: dict[str, str] = {}
        self.sums = {"退款总金额": Decimal(0), "申请退款总金额": Decimal(0)}

    def headings(self, line: str) -> Fields | None:
        """The line that begins with 交易时间."""
        names = [clean_field(field) for field in line.split(",")]
        if names[0] != "交易时间" or "微信订单号" not in names:
            return None
        self.width = len(names)
        return names

    def places(self, headings: Fields) -> dict[str, int]:
        """A bill of payments only (SUCCESS) has no columns for refunds: it is refused, not read as a bill without
        refunds."""
        return find_columns(headings, NAMES, NEEDED)

    def preamble(self, line: str, reading: Reading) -> None:
        """There are no lines before the headings."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Nothing to determine: all bills write numbers and dates the same way."""

    def records(self, lines: Numbered) -> Records:
        """The rows; the last two lines are the headings and values of the totals."""
        total_names: Fields = []
        for number, line in lines:
            if line is None or not line.strip():
                if line is None:
                    yield number, None
                continue
            fields = split(line)
            if total_names and not self.totals:
                self.totals = dict(zip(total_names, fields, strict=False))
            elif clean_field(fields[0]) == TOTALS:
                total_names = [clean_field(field) for field in line.split(",")]
            else:
                yield number, fields if len(fields) == self.width and not total_names else None

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund, or one that failed. REVOKED is a payment that was cancelled at the till."""
        reading.cover(parse_time(row.need("交易时间"), BEIJING))
        requested = parse_amount(row.get("申请退款金额"))
        settled = parse_amount(row.get("退款金额"))
        self.sums["退款总金额"] += settled
        self.sums["申请退款总金额"] += requested
        state = row.need("交易状态").upper()
        if state not in ("REFUND", "REVOKED"):
            reading.passed[state] += 1
            return None
        amount = requested or settled or (parse_amount(row.get("总金额")) if state == "REVOKED" else Decimal(0))
        payment = row.id("微信订单号")
        currency = row.get("货币种类") or "CNY"
        if amount <= 0 or not CURRENCY.fullmatch(currency):
            raise BadRow(f"gives back {amount} {currency[:10]}")
        return Entry(
            provider="wechat",
            kind=_kind(row.get("退款状态").upper()),
            amount=Money(format_amount(amount), currency),
            id=row.id("微信退款单号") or f"{payment}/revoked",
            order=row.id("商户订单号"),
            payment=payment,
            refund_no=row.id("商户退款单号"),
            at=parse_time(row.get("退款成功时间") or row.need("交易时间"), BEIJING),
        )

    def check(self, reading: Reading) -> None:
        """Compare the number of rows, and the sums of refunds."""
        if not self.totals:
            reading.warnings.append("it has no totals at its end: it may have been cut off")
            return
        check_total(reading, TOTALS, self.totals.get(TOTALS, ""), reading.rows)
        for name, amount in self.sums.items():
            if name in self.totals:
                check_total(reading, name, self.totals[name], amount)


def split(line: str) -> Fields:
    """The fields of a line. If fields begin with a backtick, a comma without one belongs to the text of a field."""
    has_backticks = line.lstrip().startswith("`")
    fields = line.strip().removeprefix("`").split(",`") if has_backticks else line.split(",")
    return [clean_field(field) for field in fields]


def _kind(state: str) -> EntryKind:
    if state in GIVEN:
        return "refund"
    if state in NOT_GIVEN:
        return "refund_failed"
    raise BadRow(f"the state {state[:40]!r} of a refund is not known")
