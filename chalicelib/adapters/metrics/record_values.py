"""Durations, shares and amounts in the form that records have."""

from decimal import Decimal
from typing import Any

DIGITS = 9  # after the decimal point: more than anybody needs, fewer than the order of a sum may change


def durations(count: int, quantiles: list[float] | None, total: int | None) -> dict[str, Any]:
    """The count, quantiles and mean in seconds, from milliseconds that were summed exactly."""
    if not count or quantiles is None or total is None:
        return {"count": 0, "p50": None, "p90": None, "p99": None, "mean": None}
    p50, p90, p99 = (rounded(value / 1000) for value in quantiles)
    return {"count": count, "p50": p50, "p90": p90, "p99": p99, "mean": rounded(int(total) / count / 1000)}


def rounded(value: float | None) -> float | None:
    """A number rounded to `DIGITS` digits; None stays None."""
    return None if value is None else round(value, DIGITS) + 0.0


def interval(low: float | None, high: float | None) -> list[float | None] | None:
    """The limits of a confidence interval; None without answers."""
    return None if low is None else [rounded(low), rounded(high)]


def percent(part: int, whole: int) -> float | None:
    """A share in percent; None if `whole` is 0."""
    return rounded(100 * part / whole) if whole else None


def plain_decimal(amount: str) -> str:
    """A decimal with two digits after the point, or more if the amount has more."""
    exact = Decimal(amount)
    cents = exact.quantize(Decimal("0.01"))
    return str(cents) if cents == exact else format(exact.normalize(), "f")
