"""The tasks on counts and tables."""

from argparse import Namespace
from collections.abc import Iterator

from chalicelib.domain.insights.unusual_days import score_days
from infra.learn.rows import Row, UnusableError, fields_of


def score_each_day(rows: list[Row], _: Namespace) -> Iterator[Row]:
    """`score` and `flag` of each `day` with its `count`, and what was `expected`."""
    counts = fields_of(rows, "count", int, float)
    for row, count in zip(rows, counts, strict=True):
        if count < 0:
            raise UnusableError(f"the row {row['id']} has a count below 0")
    days = score_days(counts)
    for row, day in zip(rows, days, strict=True):
        said = {"score": day.score, "expected": day.expected, "flag": day.flagged}
        yield {"id": row["id"], "day": row.get("day")} | said


def estimate_drivers(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """The effect of each field of the table but `id` on `options.target`, with its interval."""
    import numpy as np

    from chalicelib.adapters.insights.drivers import driver_effects

    names = [name for name in rows[0] if name not in ("id", options.target)] if rows else []
    columns = [fields_of(rows, name, int, float) for name in names]
    scores = [
        None if score is None else round(score) for score in fields_of(rows, options.target, int, float, type(None))
    ]
    for effect in driver_effects(names, np.array(columns, float).T, scores) if names else ():
        interval = {"effect": effect.effect, "low": effect.low, "high": effect.high}
        yield {"id": effect.driver, "driver": effect.driver} | interval
