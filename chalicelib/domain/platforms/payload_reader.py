"""Reading platforms' bodies: what we need of them, whatever else is there; and texts cut to what we keep."""

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
LONGEST_NAME = 200
MOST = Decimal(10) ** 15


class DeletedRecord(Struct):
    """Something of which only its id is left."""

    id: int


def loosely(body: bytes, shape: type[T]) -> T:
    """A JSON body of this shape; fields we do not know are left alone. `Invalid` says what is wrong and where.

    What is null where the shape allows no null is as if it were not there: any documented field may be null; what else
    is forgiven, `lenient.py` says. Times without an offset are UTC, as platforms write those whose name says so, and as
    PHP's and Ruby's servers run.
    """
    try:
        try:
            found = msgspec.json.decode(body, type=shape, strict=False)
        except msgspec.ValidationError:
            found = msgspec.convert(lenient.fitted(msgspec.json.decode(body), shape), shape, strict=False)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as wrong:  # times of no calendar, too
        raise to_invalid(wrong) from None
    return _in_utc(found)


def says(body: bytes) -> frozenset[str]:
    """The fields an object of JSON has, null or not: a shop may have webhooks send only some of them."""
    try:
        return frozenset(msgspec.json.decode(body, type=dict[str, Raw]))
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise to_invalid(wrong) from None


def trim(body: bytes, shape: type[Any]) -> bytes:
    """A body with nothing in it but what is read of it."""
    kept = msgspec.json.decode(msgspec.json.encode(loosely(body, shape)), type=dict[str, Any])
    said = says(body)
    return msgspec.json.encode({name: _without_nulls(value) for name, value in kept.items() if name in said})


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value if one is not None] if isinstance(value, list) else value


def _in_utc(value: T) -> T:
    """The same with every time that has no offset read as UTC."""
    for name in value.__struct_fields__ if isinstance(value, Struct) else ():
        one: Any = getattr(value, name)
        if isinstance(one, datetime) and one.tzinfo is None:
            setattr(value, name, one.replace(tzinfo=UTC))
        else:
            _in_utc(one)
    for one in value if isinstance(value, list | tuple) else ():
        _in_utc(one)
    return value


def some(to_invalid: Iterable[T | None] | None) -> list[T]:
    """What a list has; lists of platforms may be missing, and have holes."""
    return [one for one in to_invalid or () if one is not None]


def name(text: str | None) -> str | None:
    """A platform's text as a name of ours: one line, not empty."""
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").strip()[:LONGEST_NAME]
    return clean or None


def number(amount: object) -> Decimal | None:
    """A platform's number, however it wrote it; None where it is none, or no amount anybody pays."""
    try:
        value = Decimal(str(amount).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < MOST and value.as_tuple().exponent > -40 else None  # type: ignore[operator]  # finite


def money_named(text: str | None) -> str | None:
    """The id of money of ours that somebody wrote into a refund's note, so that it is known for certain."""
    found = re.search(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", text or "")
    return found.group() if found else None


def money(amount: object, currency: str) -> MoneyIn | None:
    """An amount of a platform, to the coin of its currency, so that 102.8 and 102.80 are the same; None where it is
    none."""
    value = number(amount)
    return of(value, currency) if value is not None else None


def code(to_invalid: str | None) -> str:
    """A currency's code, however it was written; nothing where it is none."""
    written = (to_invalid or "").strip().upper()
    return written if re.fullmatch("[A-Z]{3}", written) else UNSTATED


def gone(amount: object, currency: str | None) -> MoneyIn | None:
    """An amount that left: without its currency, too, which is the order's then. None where it is no amount."""
    value, coin = number(amount), code(currency)
    return MoneyIn(f"{to_coin(value, coin):f}", coin) if value is not None else None


def of(value: Decimal, currency: str) -> MoneyIn | None:
    """An amount that was computed, to the coin; None without a currency."""
    currency = code(currency)
    if not currency:
        return None
    return MoneyIn(f"{to_coin(value, currency):.{minor_digits(currency)}f}", currency)
