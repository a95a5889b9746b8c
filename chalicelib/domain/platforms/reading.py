"""Reading platforms' bodies: what we need of them, whatever else is there; and texts cut to what we keep."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from chalicelib.domain.currencies import digits_of
from chalicelib.domain.money import to_coin
from chalicelib.domain.shapes import MoneyIn, told

T = TypeVar("T")
LONGEST_NAME, LONGEST_LINE = 200, 500
MOST = Decimal(10) ** 15


def loosely(body: bytes, shape: type[T]) -> T:
    """A JSON body of this shape; fields we do not know are left alone. `Invalid` says what is wrong and where."""
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise told(wrong) from None


def some(told: Iterable[T | None] | None) -> list[T]:
    """What a list has; lists of platforms may be missing, and have holes."""
    return [one for one in told or () if one is not None]


def name(text: str | None) -> str | None:
    """A platform's text as a name of ours: one line, not empty."""
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").strip()[:LONGEST_NAME]
    return clean or None


def line(text: str | None) -> str | None:
    """A platform's text as a line of ours."""
    clean = (text or "").replace("\x00", "").strip()[:LONGEST_LINE]
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


def of(value: Decimal, currency: str) -> MoneyIn | None:
    """An amount that was computed, to the coin; None without a currency."""
    if not re.fullmatch("[A-Z]{3}", currency):
        return None
    return MoneyIn(f"{to_coin(value, currency):.{digits_of(currency)}f}", currency)
