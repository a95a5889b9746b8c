#!/usr/bin/env bash
# duckdb 1.5.6: what read_csv makes of a payment bill depends on how many payments it has.
#
# WeChat Pay's bill of a day is one file: a header, a row a payment, then a second header with fewer columns and one row
# of totals (pay.weixin.qq.com, "申请交易账单"). While the whole file is in the sniffer's sample, the two tables disagree
# about the delimiter and every line becomes one column, without an error. At some thousand payments the sniffer gives
# up. Behind the sample the file is read as a table and fails at the totals, in its last two lines. A shop sees the
# first on its first day, and the last on its best. Such files are read by their format's rules.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.6
PLACE="$place" "$place/venv/bin/python" - <<'PY'
import os
from pathlib import Path

import duckdb

HEAD = "交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,微信退款单号,商户退款单号,退款金额,退款状态"
TOTALS = "总交易单数,应结订单总金额,退款总金额,手续费总金额"


def bill(payments: int) -> str:
    rows = (
        f"`2026-11-18 10:40:0{n % 10},`1900000001,`42000000002026111{n:011d},`O-{n},`REFUND,`0.00,"
        f"`50300099992026111{n:011d},`RF-{n},`10.00,`SUCCESS"
        for n in range(payments)
    )
    totals = f"`{payments},`0.00,`{10 * payments}.00,`0.00"
    return "\r\n".join(["\ufeff" + HEAD, *rows, TOTALS, totals, ""])


def outcome(payments: int) -> str:
    path = Path(os.environ["PLACE"], f"{payments}.csv")
    path.write_text(bill(payments), encoding="utf-8", newline="")
    try:
        found = duckdb.sql(f"SELECT * FROM read_csv('{path}')")
        return f"{len(found.columns)} column, {len(found.fetchall())} rows"
    except duckdb.Error as wrong:
        return str(wrong).splitlines()[0].split('"')[0].strip()


seen = {payments: outcome(payments) for payments in (1, 500, 5_000, 30_000)}
for payments, what in seen.items():
    print(f"{payments:>6} payments: {what}")
assert seen[1] == "1 column, 3 rows"
assert seen[500] == "1 column, 502 rows"
assert "sniffing" in seen[5_000]
assert seen[30_000] == "Invalid Input Error: CSV Error on Line: 30002"
PY
