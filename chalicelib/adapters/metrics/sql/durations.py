"""Durations and shares as records show them."""

from typing import Any

DIGITS = 9  # after the decimal point: far below what matters, far above what the order of a sum changes


def durations(count: int, quantiles: list[float] | None, total: int | None) -> dict[str, Any]:
    """Seconds, from milliseconds summed exactly."""
    if not count or quantiles is None or total is None:
        return {"count": 0, "p50": None, "p90": None, "p99": None, "mean": None}
    p50, p90, p99 = (rounded(value / 1000) for value in quantiles)
    return {"count": count, "p50": p50, "p90": p90, "p99": p99, "mean": rounded(int(total) / count / 1000)}


def rounded(value: float | None) -> float | None:
    """A figure to so many digits; None stays None."""
    return None if value is None else round(value, DIGITS) + 0.0
