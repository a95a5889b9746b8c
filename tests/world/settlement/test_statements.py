"""How payment services write their statements."""

import io
from typing import Any

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import StatementOptions
from chalicelib.domain.settlement.formats.text import numbered_lines
from tests.support.world.rows import rows

HEADS = {
    "wechat": (
        "交易时间,微信订单号,商户订单号,交易状态,货币种类,微信退款单号,商户退款单号,退款金额,退款状态,"
        "商品名称,申请退款金额"
    ),
    "alipay": "支付宝交易号,商户订单号,业务类型,创建时间,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号",
    "stripe": (
        "balance_transaction_id,created_utc,reporting_category,source_id,gross,fee,net,currency,payment_intent_id"
    ),
    "paypal": (
        '"Date","Time","TimeZone","Type","Status","Currency","Gross","Transaction ID","Reference Txn ID",'
        '"Transaction Event Code"'
    ),
}


@pytest.mark.parametrize("row", rows("statements"))
def test_a_statement_is_read_as_its_service_means_it(row: dict[str, Any]) -> None:
    text, want = "\n".join([HEADS[row["head"]], *row["lines"]]) + "\n", row["want"]
    reading, entries = read_statement(
        lambda: numbered_lines(io.StringIO(text)), StatementOptions(**row.get("asked", {}))
    )
    if "refused" in want:
        with pytest.raises(Invalid, match=want["refused"]):
            list(entries)
        return
    shown = [
        f"{one.kind} {one.id} {one.amount.amount} {one.amount.currency} {format_instant(one.at)[:19]}"
        for one in entries
    ]
    assert shown == want["entries"]
    damaged = [(one.line, one.why) for one in reading.damaged]
    expected = [(int(line), word) for line, word in (one.split(" ", 1) for one in want.get("damaged", []))]
    assert [line for line, _ in damaged] == [line for line, _ in expected]
    assert all(word in why for (_, why), (_, word) in zip(damaged, expected, strict=True))
    assert [one for one in reading.warnings if "cut off" not in one] == []
