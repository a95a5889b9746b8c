"""Reading platforms' bodies: what we need of them, whatever else is there; and texts cut to what we keep."""

import re
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from chalicelib.domain.shapes import MoneyIn, folded, told

T = TypeVar("T")
LONGEST_NAME, LONGEST_LINE = 200, 500


def loosely(body: bytes, shape: type[T]) -> T:
    """A JSON body of this shape; fields we do not know are left alone. `Invalid` says what is wrong and where."""
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as wrong:  # times of no calendar, too
        raise told(wrong) from None


def name(text: str | None) -> str | None:
    """A platform's text as a name of ours: one line, not empty."""
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").strip()[:LONGEST_NAME]
    return clean or None


def line(text: str | None) -> str | None:
    """A platform's text as a line of ours."""
    clean = folded(text or "").strip()[:LONGEST_LINE]
    return clean or None


def money(amount: str | float | None, currency: str) -> MoneyIn | None:
    """An amount of a platform; None where it is none."""
    if amount is None or not re.fullmatch("[A-Z]{3}", currency):
        return None
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return None
    text = f"{value:f}" if value.is_finite() else ""
    return MoneyIn(text, currency) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text) else None
