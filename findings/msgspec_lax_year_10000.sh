#!/usr/bin/env bash
# msgspec 0.22.0, lax mode: one number is neither a time nor a ValidationError.
#
# With strict=False a number decodes as seconds since 1970. The first second of the year 10000 raises a plain ValueError
# that is not msgspec's own; every larger number raises ValidationError, as documented. Code that catches
# ValidationError, to answer "this field is wrong", lets exactly the numbers of that one year through as a fault.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check msgspec==0.22.0
"$place/venv/bin/python" - <<'PY'
from datetime import datetime

import msgspec


class Told(msgspec.Struct):
    at: datetime


def outcome(seconds: int) -> str:
    try:
        return str(msgspec.json.decode(b'{"at": %d}' % seconds, type=Told, strict=False).at)
    except Exception as wrong:
        return f"{type(wrong).__name__}: {wrong}"


for seconds in (253402300799, 253402300800, 253402300801, 253433836800, 10**15):
    print(seconds, outcome(seconds))
assert outcome(253402300799).startswith("9999-12-31 23:59:59")
assert outcome(253402300800).startswith("ValueError: year 10000 is out of range")
assert outcome(10**15).startswith("ValidationError")
PY
