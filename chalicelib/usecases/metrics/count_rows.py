"""Count the rows from which some days are computed."""

from collections.abc import Collection, Sequence

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.measure import Measure, RowsByDay
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.metrics.nightly_job import NightlyJob
from chalicelib.usecases.ports.shop_rules import rules_of


def count_rows(job: NightlyJob, shop: Shop, days: Sequence[Day]) -> None:
    """Count the rows of these days, in place of all that were counted before. Each case is read once, and its rows are
    kept by day, because it may count on several."""
    job.rows.clear()
    measures = [measure for measure in job.services.registries.measures if measure.of_stored]
    wanted = frozenset(days)
    for day in days:
        _count_sources(job, shop, day)
    for source in job.store.counted_on(shop.id, days):
        current = source if isinstance(source, OrderRecord) else _by_present_definition(job, source)
        if isinstance(current, Case):
            job.counted(current)
        for measure in measures:
            _add(job, measure, _rows_of(measure, current, shop.time_zone), wanted)


def _count_sources(job: NightlyJob, shop: Shop, day: Day) -> None:
    """Count the rows of the measures that have a source of their own."""
    registries = job.services.registries
    for measure in registries.measures:
        if measure.name in registries.row_sources:
            job.rows.add(measure, day, registries.row_sources[measure.name](job.services, shop.id, day))


def _add(job: NightlyJob, measure: Measure, rows: RowsByDay, wanted: Collection[Day]) -> None:
    for day, rows_of_day in rows.items():
        if day in wanted:
            job.rows.add(measure, day, rows_of_day)


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
