"""Count the rows from which some days are computed."""

from collections.abc import Sequence

import msgspec

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.measure import Measure, MetricRow, RowsByDay
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.metrics.nightly_job import NightlyJob
from chalicelib.usecases.ports.shop_rules import rules_of

RowsOfDay = dict[str, list[MetricRow]]


def count_rows(job: NightlyJob, shop: Shop, days: Sequence[Day]) -> dict[Day, RowsOfDay]:
    """The rows of each day, by the name of their measure, always in the same order."""
    registries = job.services.registries
    measures = [measure for measure in registries.measures if measure.of_case or measure.of_order_record]
    counted = {day: _read_rows(job, shop, day) for day in days}
    for source in job.store.counted_on(shop.id, days):
        current = source if isinstance(source, OrderRecord) else _by_present_definition(job, source)
        if isinstance(current, Case):
            job.counted(current)
        for measure in measures:
            rows = _rows_of(measure, current, shop.time_zone)
            for day in days:
                counted[day][measure.name] += rows.get(day, ())
    for rows_of_day in counted.values():
        for measure in measures:
            rows_of_day[measure.name].sort(key=msgspec.json.encode)
    return counted


def _read_rows(job: NightlyJob, shop: Shop, day: Day) -> RowsOfDay:
    """The rows of the measures that have a source of their own, and an empty list for each other measure."""
    registries = job.services.registries
    rows: RowsOfDay = {measure.name: [] for measure in registries.measures}
    for name, read in registries.row_sources.items():
        rows[name] += read(job.services, shop.id, day)
    return rows


def _rows_of(measure: Measure, source: Case | OrderRecord, time_zone: str) -> RowsByDay:
    if isinstance(source, OrderRecord):
        return measure.of_order_record(source, time_zone) if measure.of_order_record else {}
    return measure.of_case(source, time_zone) if measure.of_case else {}


def _by_present_definition(job: NightlyJob, case: Case) -> Case:
    """The case, folded again if it was folded by an older definition of the metrics."""
    if case.definition >= DEFINITION:
        return case
    rules = rules_of(job.services, case.shop, case.policy, case.calendar)
    return fold(job.store.events(key_of_id(case.id)), rules, job.services.registries.reducers) or case
