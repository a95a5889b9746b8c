"""Publish a day: its rows in the data lake, and its report."""

from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.usecases.metrics.nightly_job import TREND_DAYS, NightlyJob, Run
from chalicelib.usecases.ports.metrics import ComputedDay, ListedCases, Record, Report


def save_rows(job: NightlyJob, shop: str, day: Day, previous: ComputedDay | None) -> None:
    """Store the rows of every measure that has a folder in the data lake. A day that was computed before is stored even
    without rows, because it may have had some."""
    for measure in job.services.registries.measures:
        is_stored = measure.every_day or previous is not None or job.rows.count(measure, day) > 0
        if measure.folder is not None and is_stored:
            job.data_lake.save_rows(measure, shop, day, job.engine.parquet(measure, day))


def publish_report(
    job: NightlyJob, run: Run, records: list[Record], cases: ListedCases, day: Day, previous: ComputedDay | None
) -> str | None:
    """Store the report of a day; its key. An old day of an imported history gets none."""
    if previous is None and day <= next_day(run.day, -TREND_DAYS):
        return None
    first = next_day(day, 1 - TREND_DAYS)
    trend = [run.trend[trend_day] for trend_day in sorted(run.trend) if first <= trend_day <= day]
    html = job.renderer.page(Report(run.shop, day, records, trend, cases))
    return job.data_lake.save_report(run.shop.id, day, html)
