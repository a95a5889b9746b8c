"""Read the JSON bodies of platforms: the fields we need, whatever other fields there are, and amounts and names."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from chalicelib.domain.kernel.money import UNSTATED, minor_digits, to_coin
from chalicelib.domain.kernel.validation import MoneyIn, to_invalid
from chalicelib.domain.platforms import lenient

T = TypeVar("T")
MAX_NAME_LENGTH = 200
MAX_AMOUNT = Decimal(10) ** 15
MIN_EXPONENT = -40
"""Numbers with 40 or more decimal places are no amounts."""


class RecordId(Struct):
    """An object of which only the id is read."""

    id: int


def parse_leniently(body: bytes, shape: type[T]) -> T:
    """Read a JSON body of this shape and ignore unknown fields. Invalid: what is wrong and where.

    A field that is null counts as missing if its shape allows no null, because any documented field may be null.
    `lenient.py` says which other deviations are accepted. Times without an offset are read as UTC: platforms write
    fields whose name says so in UTC, and the servers of PHP and Ruby run in UTC.
    """
    try:
        try:
            value = msgspec.json.decode(body, type=shape, strict=False)
        except msgspec.ValidationError:
            value = msgspec.convert(lenient.fit(msgspec.json.decode(body), shape), shape, strict=False)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as wrong:  # impossible dates, too
        raise to_invalid(wrong) from None
    return _with_utc_times(value)


def sent_fields(body: bytes) -> frozenset[str]:
    """The names of the fields of a JSON object, null or not: a shop may have webhooks send only some of them."""
    try:
        return frozenset(msgspec.json.decode(body, type=dict[str, Raw]))
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise to_invalid(wrong) from None


def drop_unread_fields(body: bytes, shape: type[Any]) -> bytes:
    """The body reduced to the fields of this shape that it has."""
    values = msgspec.json.decode(msgspec.json.encode(parse_leniently(body, shape)), type=dict[str, Any])
    sent = sent_fields(body)
    return msgspec.json.encode({field: _without_nulls(value) for field, value in values.items() if field in sent})


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {field: _without_nulls(item) for field, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _with_utc_times(value: T) -> T:
    """The same value, changed so that every time without an offset is UTC."""
    for field in value.__struct_fields__ if isinstance(value, Struct) else ():
        content: Any = getattr(value, field)
        if isinstance(content, datetime) and content.tzinfo is None:
            setattr(value, field, content.replace(tzinfo=UTC))
        else:
            _with_utc_times(content)
    for item in value if isinstance(value, list | tuple) else ():
        _with_utc_times(item)
    return value


def non_null(items: Iterable[T | None] | None) -> list[T]:
    """The items of a list that are not null; none if the list itself is missing."""
    return [item for item in items or () if item is not None]


def clean_name(text: str | None) -> str | None:
    """A text of a platform as a name: one line, shortened; None if it is empty."""
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").strip()[:MAX_NAME_LENGTH]
    return clean or None


def parse_number(amount: object) -> Decimal | None:
    """A platform's number, written as a number or a text; None if it is no number, or larger than any amount."""
    try:
        value = Decimal(str(amount).strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= MAX_AMOUNT:
        return None
    return value if value.as_tuple().exponent > MIN_EXPONENT else None  # type: ignore[operator]  # finite


def find_money_id(text: str | None) -> str | None:
    """The id of our money record in the note of a refund. With it the refund is matched for certain."""
    match = re.search(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", text or "")
    return match.group() if match else None


def parse_money(amount: object, currency: str) -> MoneyIn | None:
    """A platform's amount, rounded to the smallest unit of its currency, so that 102.8 and 102.80 are equal; None if
    it is no amount or there is no currency."""
    value = parse_number(amount)
    return money_of(value, currency) if value is not None else None


def currency_code(text: str | None) -> str:
    """A currency code in capitals; empty if the text is none."""
    code = (text or "").strip().upper()
    return code if re.fullmatch("[A-Z]{3}", code) else UNSTATED


def parse_amount(amount: object, currency: str | None) -> MoneyIn | None:
    """The amount of a refund or dispute. Without a currency it is in the currency of the order. None if it is no
    amount."""
    value, code = parse_number(amount), currency_code(currency)
    return MoneyIn(f"{to_coin(value, code):f}", code) if value is not None else None


def money_of(value: Decimal, currency: str) -> MoneyIn | None:
    """A computed amount, rounded to the smallest unit of its currency; None without a currency."""
    code = currency_code(currency)
    if not code:
        return None
    return MoneyIn(f"{to_coin(value, code):.{minor_digits(code)}f}", code)
