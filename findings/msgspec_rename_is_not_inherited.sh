#!/usr/bin/env bash
# msgspec 0.22.0: `rename` renames the fields a class adds, not those it inherits.
#
# A base struct with snake_case fields, and a subclass with rename="camel" for an API that speaks camelCase: what the
# subclass adds is read under its new name, what it inherits is looked for under the old one. Nothing is raised, for
# unknown fields are ignored by default; the inherited fields are simply never filled, and are written in snake_case. A
# class below that one inherits the renaming for what it adds. Whoever shares a base between a webhook's struct and an
# API's loses amounts without a word; fields have to be declared again.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check msgspec==0.22.0
"$place/venv/bin/python" - <<'PY'
import msgspec


class Amount(msgspec.Struct):
    currency_code: str | None = None


class Line(Amount, rename="camel"):
    unit_price: str | None = None


class Row(Line):
    line_number: int = 0


read = msgspec.json.decode(b'{"currencyCode": "EUR", "unitPrice": "12.50"}', type=Line)
written = msgspec.json.encode(Row("EUR", "12.50", 1)).decode()
print(read)
print(written)
assert read == Line(currency_code=None, unit_price="12.50"), "what is inherited is read now"
assert written == '{"currency_code":"EUR","unitPrice":"12.50","lineNumber":1}', "what is inherited is renamed now"
PY
