#!/usr/bin/env bash
# duckdb 1.5.6: text is read as DECIMAL(24,6) many times slower than as DECIMAL(18,6).
#
# Amounts of money are text in JSON, so that no digit is lost. Up to 18 digits DuckDB keeps a decimal in 64 bits, beyond
# that in 128. Reading the same short amounts costs about 6 µs each in the wide type and less than 0.1 µs in the narrow
# one, which was most of what the segments of customers took. Reading the narrow type first, and the wide one only where
# that fails, gives the same numbers.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.6
"$place/venv/bin/python" - <<'PY'
import time

import duckdb

ROWS = 100_000
WIDE, NARROW = "CAST(amount AS DECIMAL(24,6))", "CAST(amount AS DECIMAL(18,6))"
BOTH = f"coalesce(CAST(TRY_CAST(amount AS DECIMAL(18,6)) AS DECIMAL(24,6)), {WIDE})"
database = duckdb.connect()
database.execute("SET threads = 1")
database.execute(f"CREATE TABLE amounts AS SELECT concat(range % 9999, '.50') AS amount FROM range({ROWS})")


def seconds(expression: str) -> float:
    began = time.process_time()
    database.execute(f"CREATE OR REPLACE TABLE sums AS SELECT {expression} AS amount FROM amounts")
    return time.process_time() - began


taken = {name: min(seconds(each) for _ in range(3)) for name, each in (("wide", WIDE), ("narrow", NARROW), ("both", BOTH))}
print({name: f"{1e6 * each / ROWS:.2f} µs" for name, each in taken.items()})
same = database.execute(f"SELECT count(*) FROM amounts WHERE {WIDE} <> {BOTH}").fetchone()
assert same == (0,), same
assert taken["wide"] > 4 * taken["both"], "wide decimals are read quickly now: exact_amount is not needed any more"
PY
