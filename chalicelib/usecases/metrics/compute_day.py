"""Compute a day, and every earlier day that changed since it was computed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from chalicelib.domain.cases.measure import MetricRow
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.metrics.count_rows import RowsOfDay, count_rows
from chalicelib.usecases.metrics.nightly_job import TREND_DAYS, NightlyJob, Run
from chalicelib.usecases.metrics.publish import publish_report, save_rows
from chalicelib.usecases.metrics.restate import save_records
from chalicelib.usecases.ports.metrics import Marks, Record, Rows

DAYS_AT_ONCE = 120
"""Days computed by one run of the function; the others are left for the next run."""


class Computed(Struct, frozen=True):
    """The result of a run: its days, how many of them were restated, how many days are left, and the key of the report
    of the requested day."""

    days: list[Day]
    restated: int
    left: int
    report: str | None


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
    counted = count_rows(job, shop, days)
    records = _records_by_day(job, counted)
    run = Run(id=run_id, shop=shop, day=day, now=now, trend=_trend(job, shop.id, days))
    finished = {
        computed: _finish_day(job, run, computed, counted[computed], records[computed], marks.get(computed, ()))
        for computed in days
    }
    restated = sum(result.restated for result in finished.values())
    report = finished[day].report if day in finished else None
    return Computed(days, restated, len(wanted) - len(days), report)


def _records_by_day(job: NightlyJob, counted: Mapping[Day, RowsOfDay]) -> dict[Day, list[Record]]:
    names = [measure.name for measure in job.services.registries.measures]
    job.engine.load({name: _rows(counted.values(), name) for name in names})
    records: dict[Day, list[Record]] = {day: [] for day in counted}
    for record in job.engine.records(counted):
        records[record["day"]].append(record)
    return records


def _rows(days: Iterable[RowsOfDay], name: str) -> Iterator[MetricRow]:
    return (row for rows in days for row in rows[name])


def _trend(job: NightlyJob, shop: str, days: Sequence[Day]) -> dict[Day, Record]:
    """The records of the whole shop for the days that reports of these days show."""
    first = next_day(days[0], 1 - TREND_DAYS)
    return {record["day"]: record for record in job.store.records_between(shop, "all", first, days[-1])}


def _finish_day(job: NightlyJob, run: Run, day: Day, rows: Rows, records: list[Record], marks: Marks) -> FinishedDay:
    """Store and publish a day."""
    shop = run.shop
    previous = job.store.computed_day(shop.id, day)
    stored, changed = save_records(job, run, records, rows, day, previous)
    run.trend[day] = next(record for record in stored if record["dimension"] == "all")
    save_rows(job, shop.id, day, rows, previous)
    report = publish_report(job, run, stored, rows, day, previous)
    job.store.clear(marks)
    if day >= day_of(run.now, shop.time_zone):
        job.store.mark(shop.id, day, f"unfinished#{run.id}")
    return FinishedDay(changed, report)
