"""Durations, shares and amounts as records show them."""

from decimal import Decimal
from typing import Any

DIGITS = 9  # after the decimal point: far below what matters, far above what the order of a sum changes


def durations(count: int, quantiles: list[float] | None, total: int | None) -> dict[str, Any]:
    """Seconds, from milliseconds summed exactly."""
    if not count or quantiles is None or total is None:
        return {"count": 0, "p50": None, "p90": None, "p99": None, "mean": None}
    p50, p90, p99 = (rounded(value / 1000) for value in quantiles)
    return {"count": count, "p50": p50, "p90": p90, "p99": p99, "mean": rounded(int(total) / count / 1000)}


def rounded(value: float | None) -> float | None:
    """A figure rounded to `DIGITS` digits; None stays None."""
    return None if value is None else round(value, DIGITS) + 0.0


def interval(low: float | None, high: float | None) -> list[float | None] | None:
    """The limits of a figure; None of nothing."""
    return None if low is None else [rounded(low), rounded(high)]


def percent(part: int, whole: int) -> float | None:
    """A share in percent; None of nothing."""
    return rounded(100 * part / whole) if whole else None


def plain_decimal(amount: str) -> str:
    """A decimal with two digits after the point, or more where there are more."""
    exact = Decimal(amount)
    cents = exact.quantize(Decimal("0.01"))
    return str(cents) if cents == exact else format(exact.normalize(), "f")
