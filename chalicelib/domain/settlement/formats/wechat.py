"""WeChat Pay's transaction bill 交易账单 (ALL and REFUND), as it is downloaded: each field begins with a backtick.

After pay.weixin.qq.com, "交易账单详细说明" of 2024-11-25. Times are Beijing's, amounts in yuan. A refund stands in it
from the day it was begun, and its state is not told anew; the money has left the shop's account then.
"""

import re
from decimal import Decimal

from chalicelib.domain.kernel.money import Money
from chalicelib.domain.settlement.entries import Entry, EntryKind, Provider
from chalicelib.domain.settlement.formats.reading import Fields, Lines, Reading, Records, Row, check_sum, placed
from chalicelib.domain.settlement.formats.text import Bad, Numbered, amount_of, cleaned, written
from chalicelib.domain.settlement.formats.times import BEIJING, moment

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
GIVEN, NOT_GIVEN = ("SUCCESS", "PROCESSING", ""), ("FAIL", "FAILED", "CHANGE", "ABNORMAL", "CLOSED", "REFUNDCLOSE")
CURRENCY = re.compile("[A-Z]{3}")


class WeChat:
    """One bill."""

    provider: Provider = "wechat"

    def __init__(self) -> None:
        self.width = 0
        self.totals: dict[str, str] = {}
        self.sums = {"退款总金额": Decimal(0), "申请退款总金额": Decimal(0)}

    def headings(self, line: str) -> Fields | None:
        """The line that begins with 交易时间."""
        found = [cleaned(one) for one in line.split(",")]
        if found[0] != "交易时间" or "微信订单号" not in found:
            return None
        self.width = len(found)
        return found

    def places(self, headings: Fields) -> dict[str, int]:
        """A bill of payments alone (SUCCESS) names no refunds; that is said, not read as nothing."""
        return placed(headings, NAMES, NEEDED)

    def preamble(self, line: str, reading: Reading) -> None:
        """There is none."""

    def look_ahead(self, lines: Lines, places: dict[str, int]) -> None:
        """Everything is written in one way."""

    def records(self, lines: Numbered) -> Records:
        """The rows; the last two lines are the totals with their headings."""
        named: Fields = []
        for number, line in lines:
            if line is None or not line.strip():
                if line is None:
                    yield number, None
                continue
            fields = split(line)
            if named and not self.totals:
                self.totals = dict(zip(named, fields, strict=False))
            elif cleaned(fields[0]) == TOTALS:
                named = [cleaned(one) for one in line.split(",")]
            else:
                yield number, fields if len(fields) == self.width and not named else None

    def entry(self, row: Row, reading: Reading) -> Entry | None:
        """A refund, or one that came back. REVOKED is a payment that was called off at the till."""
        reading.cover(moment(row.need("交易时间"), BEIJING))
        asked, settled = amount_of(row.get("申请退款金额")), amount_of(row.get("退款金额"))
        self.sums["退款总金额"] += settled
        self.sums["申请退款总金额"] += asked
        state = row.need("交易状态").upper()
        if state not in ("REFUND", "REVOKED"):
            reading.passed[state] += 1
            return None
        amount = asked or settled or (amount_of(row.get("总金额")) if state == "REVOKED" else Decimal(0))
        payment, currency = row.id("微信订单号"), row.get("货币种类") or "CNY"
        if amount <= 0 or not CURRENCY.fullmatch(currency):
            raise Bad(f"gives back {amount} {currency[:10]}")
        return Entry(
            provider="wechat",
            kind=_kind(row.get("退款状态").upper()),
            amount=Money(written(amount), currency),
            id=row.id("微信退款单号") or f"{payment}/revoked",
            order=row.id("商户订单号"),
            payment=payment,
            refund_no=row.id("商户退款单号"),
            at=moment(row.get("退款成功时间") or row.need("交易时间"), BEIJING),
        )

    def check(self, reading: Reading) -> None:
        """The number of rows, and what was given back in all."""
        if not self.totals:
            reading.warnings.append("it has no totals at its end: it may have been cut off")
            return
        check_sum(reading, TOTALS, self.totals.get(TOTALS, ""), reading.rows)
        for name, read in self.sums.items():
            if name in self.totals:
                check_sum(reading, name, self.totals[name], read)


def split(line: str) -> Fields:
    """The fields of a line. Where each begins with a backtick, a comma without one is a part of a name."""
    parted = line.strip().removeprefix("`").split(",`") if line.lstrip().startswith("`") else line.split(",")
    return [cleaned(one) for one in parted]


def _kind(state: str) -> EntryKind:
    if state in GIVEN:
        return "refund"
    if state in NOT_GIVEN:
        return "refund_failed"
    raise Bad(f"the state {state[:40]!r} of a refund is not known")
