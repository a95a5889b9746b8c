"""Statements as merchants download them from payment services."""

from typing import Any

from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import Reading, StatementOptions
from chalicelib.usecases.settlement.store_statement import open_statement
from tests.support.paths import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "statements"
WECHAT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
WECHAT_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def parse_statement(data: bytes | str, **asked: Any) -> tuple[list[Entry], Reading]:
    """The entries of a statement, and how it was read."""
    raw = data.encode() if isinstance(data, str) else data
    reading, entries = read_statement(open_statement(raw), StatementOptions(**asked))
    return list(entries), reading


def statement_fixture(name: str, **asked: Any) -> tuple[list[Entry], Reading]:
    """The entries of a recorded statement."""
    return parse_statement((FIXTURES / name).read_bytes(), **asked)


def wechat_row(number: int, amount: str = "1.00", **other: str) -> str:
    """A row of a WeChat statement."""
    cells = {
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
    return ",".join(f"`{cells.get(name, '')}" for name in WECHAT.split(","))


def wechat_bill(*rows: str, totals: str | None = None) -> str:
    """A statement of WeChat."""
    return "\n".join([WECHAT, *rows, *([WECHAT_TOTALS, totals] if totals else [])]) + "\n"


def shown(entry: Entry) -> tuple[str, str, str, str, str]:
    """The fields of an entry that a test compares."""
    return entry.kind, entry.id, entry.amount.amount, entry.amount.currency, format_instant(entry.at)[:16]


PAYPAL_HEADER = (
    '"Date","Time","TimeZone","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Invoice Number"\n'
)


def paypal_row(date: str, gross: str = "-9.90", zone: str = "CET", clock: str = "08:30:00") -> str:
    """A row of a PayPal statement."""
    return f'"{date}","{clock}","{zone}","Payment Refund","Completed","EUR","{gross}","0","{gross}","T-{date}","I-1"\n'
