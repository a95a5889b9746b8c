"""The tasks on counts and tables."""

from argparse import Namespace
from collections.abc import Iterator

from chalicelib.domain.insights.unusual_days import score_days
from infra.learn.rows import Row


def score_each_day(rows: list[Row], _: Namespace) -> Iterator[Row]:
    """`score` and `flag` of each `day` with its `count`."""
    for row, day in zip(rows, score_days([row["count"] for row in rows]), strict=True):
        yield {"id": row["id"], "day": row["day"], "score": day.score, "expected": day.expected, "flag": day.flagged}


def estimate_drivers(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """The effect of each field of the table but `id` on `options.target`, with its interval."""
    import numpy as np

    from chalicelib.adapters.insights.drivers import driver_effects

    names = [name for name in rows[0] if name not in ("id", options.target)] if rows else []
    cases = np.array([[row[name] for name in names] for row in rows], float)
    for effect in driver_effects(names, cases, [row[options.target] for row in rows]):
        yield {
            "id": effect.driver,
            "driver": effect.driver,
            "effect": effect.effect,
            "low": effect.low,
            "high": effect.high,
        }
