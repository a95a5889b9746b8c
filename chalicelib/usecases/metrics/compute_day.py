"""Compute a day, and every earlier day that changed since it was computed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.metrics.count_rows import count_rows
from chalicelib.usecases.metrics.nightly_job import TREND_DAYS, NightlyJob, Run
from chalicelib.usecases.metrics.publish import publish_report, save_rows
from chalicelib.usecases.metrics.restate import save_records
from chalicelib.usecases.ports.metrics import ListedCases, Marks, Record

DAYS_AT_ONCE = 120
"""Days computed by one run of the function; the others are left for the next run."""
BATCH_DAYS, BATCH_ROWS = 20, 50_000
"""How many days, and how many rows of several days, are computed together at most."""


class Computed(Struct, frozen=True):
    """The result of a run: its days, how many of them were restated, how many days are left, and the key of the report
    of the requested day."""

    days: list[Day]
    restated: int
    left: int
    report: str | None


class DayResult(NamedTuple):
    """What was computed of a day."""

    day: Day
    records: list[Record]
    cases: ListedCases


class FinishedDay(NamedTuple):
    """Whether the day was restated, and the key of its report."""

    restated: bool
    report: str | None


def compute_day(job: NightlyJob, shop: Shop, day: Day, run_id: str, now: Instant) -> Computed:
    """Compute `day` and the days that are marked, the oldest first. Computing a day twice gives the same records.

    A day that is not over yet is computed up to now and marked, so that the next run computes it again.
    """
    marks = job.store.marked_days(shop.id)
    wanted = sorted({*marks, day})
    days = wanted[:DAYS_AT_ONCE]
    count_rows(job, shop, days)
    run = Run(id=run_id, shop=shop, day=day, now=now, trend=_trend(job, shop.id, days))
    finished: dict[Day, FinishedDay] = {}
    for batch in _batches(job, days):
        finished |= _finish_batch(job, run, batch, marks)
    restated = sum(result.restated for result in finished.values())
    report = finished[day].report if day in finished else None
    return Computed(days, restated, len(wanted) - len(days), report)


def _batches(job: NightlyJob, days: Sequence[Day]) -> Iterator[list[Day]]:
    """The days in batches that are computed together: a query for each day alone would take longer than its rows, and
    all days at once would need memory for all of their records."""
    measures = job.services.registries.measures
    batch: list[Day] = []
    rows = 0
    for day in days:
        added = sum(job.rows.count(measure, day) for measure in measures)
        if batch and (len(batch) == BATCH_DAYS or rows + added > BATCH_ROWS):
            yield batch
            batch, rows = [], 0
        batch.append(day)
        rows += added
    yield batch


def _finish_batch(job: NightlyJob, run: Run, days: Sequence[Day], marks: Mapping[Day, Marks]) -> dict[Day, FinishedDay]:
    finished = {}
    for result in _results(job, days):
        finished[result.day] = _finish_day(job, run, result, marks.get(result.day, ()))
    job.rows.remove(days)
    return finished


def _results(job: NightlyJob, days: Sequence[Day]) -> Iterator[DayResult]:
    job.engine.load(days)
    records: dict[Day, list[Record]] = {day: [] for day in days}
    for record in job.engine.records(days):
        records[record["day"]].append(record)
    listed = job.engine.listed_cases()
    return (DayResult(day, records[day], listed.get(day, {})) for day in days)


def _trend(job: NightlyJob, shop: str, days: Sequence[Day]) -> dict[Day, Record]:
    """The records of the whole shop for the days that reports of these days show."""
    first = next_day(days[0], 1 - TREND_DAYS)
    return {record["day"]: record for record in job.store.records_between(shop, "all", first, days[-1])}


def _finish_day(job: NightlyJob, run: Run, result: DayResult, marks: Marks) -> FinishedDay:
    """Store and publish a day."""
    shop, day = run.shop, result.day
    previous = job.store.computed_day(shop.id, day)
    stored, changed = save_records(job, run, result.records, day, previous)
    run.trend[day] = next(record for record in stored if record["dimension"] == "all")
    save_rows(job, shop.id, day, previous)
    report = publish_report(job, run, stored, result.cases, day, previous)
    job.store.clear(marks)
    if day >= day_of(run.now, shop.time_zone):
        job.store.mark(shop.id, day, f"unfinished#{run.id}")
    return FinishedDay(changed, report)
