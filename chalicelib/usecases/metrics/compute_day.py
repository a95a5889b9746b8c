"""Compute a day, and every earlier day that changed since it was computed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct

from chalicelib.domain.aftersales.measures import FlowMetric, delivery_metrics_by_day, flow_metrics_by_day
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, format_instant, next_day
from chalicelib.domain.metrics.case_metrics import CaseMetric, case_metrics_by_day
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.settlement.measures import SettlementMetric
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import SettlementStore
from chalicelib.usecases.settlement.count_settlement import settlement_metrics

DAYS_AT_ONCE = 120  # days restated by one run of the function; more go on in the next
TREND_DAYS = 30
Record = dict[str, Any]
Table = Literal["figures", "flows"]
Marks = Sequence[tuple[str, str]]


class Nights(Protocol):
    """What a night reads and writes in the table."""

    def counted(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]: ...
    def dirty(self, shop: str) -> Mapping[Day, Marks]: ...
    def mark(self, shop: str, day: Day, why: str) -> None: ...
    def definition(self, shop: str) -> int: ...
    def note_definition(self, shop: str, definition: int) -> None: ...
    def computed_days(self, shop: str) -> Iterable[Day]: ...
    def clear(self, marks: Marks) -> None: ...
    def told(self, shop: str, day: Day) -> "ComputedDay | None": ...
    def trend(self, shop: str, first: Day, last: Day) -> list[Record]: ...
    def replace_records(
        self, shop: str, day: Day, records: Sequence[Record], old: Iterable[tuple[str, str]]
    ) -> None: ...


class ComputedDay(Struct, frozen=True):
    """What was told of a day before: the digest of its inputs, how often it was restated, its records' names, and the
    definition of the figures they were computed by."""

    inputs: str
    restated: int
    names: list[tuple[str, ...]]
    definition: int = 1


class MetricEngine(Protocol):
    """What computes records from figures."""

    def load(self, figures: Iterable[CaseMetric], flows: Iterable[FlowMetric]) -> None: ...
    def records(self) -> list[Record]: ...
    def flow_records(self) -> list[Record]: ...
    def settlement_records(self, figures: Iterable[SettlementMetric]) -> list[Record]: ...
    def parquet(self, day: Day, table: Table = "figures") -> bytes: ...
    def empty_record(self, day: Day) -> Record: ...


class DataLake(Protocol):
    """Where a day's facts and report are kept."""

    def save_facts(self, shop: str, day: Day, parquet: bytes, table: Table = "figures") -> None: ...
    def save_report(self, shop: str, day: Day, html: str) -> str: ...


class Reporter(Protocol):
    """What makes a page of a day's records."""

    def page(self, report: "Report") -> str: ...


class Report(Struct, frozen=True):
    """Everything a day's report is made of."""

    shop: Shop
    day: Day
    records: list[Record]
    trend: list[Record]
    figures: list[CaseMetric]


class Computed(Struct, frozen=True):
    """What a run did: its days, how many had changed, how many are left, the report of the day asked for."""

    days: list[Day]
    restated: int
    left: int
    report: str | None


class NightlyJob(Struct, frozen=True):
    """What a night works with. `anew` folds a case again that was folded for an older definition of the figures;
    `settlements` where statements are counted, too."""

    nights: Nights
    arithmetic: MetricEngine
    lake: DataLake
    reporter: Reporter
    anew: Callable[[Case], Case]
    settlements: SettlementStore | None = None


def mark_all_for_restatement(nights: Nights, shop: str) -> int:
    """Have every day of a shop computed anew, once, when the definition of the figures has changed; how many."""
    if nights.definition(shop) >= DEFINITION:
        return 0
    days = list(nights.computed_days(shop))
    for day in days:
        nights.mark(shop, day, f"definition#{DEFINITION}")
    nights.note_definition(shop, DEFINITION)
    return len(days)


def compute_day(night: NightlyJob, shop: Shop, day: Day, run: str, now: Instant) -> Computed:
    """Compute `day` and the days marked dirty, oldest first. Computing a day twice gives the same records.

    A day that is not over yet is computed as far as it goes and marked, so that the next run does it again.
    """
    dirty = night.nights.dirty(shop.id)
    wanted = sorted({*dirty, day})
    days = wanted[:DAYS_AT_ONCE]
    figures = _figures(night, shop, days)
    night.arithmetic.load(
        (figure for one in days for figure in figures[one].cases),
        (figure for one in days for figure in figures[one].flows),
    )
    records, flows = _by_day(night.arithmetic.records()), _by_day(night.arithmetic.flow_records())
    settled = _by_day(night.arithmetic.settlement_records(one for day in days for one in figures[day].settled))
    trend = {one["day"]: one for one in night.nights.trend(shop.id, next_day(days[0], 1 - TREND_DAYS), days[-1])}
    restated, report = 0, None
    for one in days:
        cases = records.get(one) or [night.arithmetic.empty_record(one)]
        fresh = [*cases, *flows.get(one, ()), *settled.get(one, ())]
        told = night.nights.told(shop.id, one)
        kept, changed = _keep(night, shop, one, fresh, figures[one], told, now)
        restated += changed
        trend[one] = next(record for record in kept if record["dimension"] == "all")
        night.lake.save_facts(shop.id, one, night.arithmetic.parquet(one))
        if figures[one].flows or told is not None:  # what was told before may be no more
            night.lake.save_facts(shop.id, one, night.arithmetic.parquet(one, "flows"), "flows")
        if told is not None or one > next_day(day, -TREND_DAYS):  # older days of a history get no page of their own
            published = _publish(night, shop, one, kept, trend, figures[one])
            report = published if one == day else report
        night.nights.clear(dirty.get(one, ()))
        if one >= day_of(now, shop.time_zone):
            night.nights.mark(shop.id, one, f"unfinished#{run}")
    return Computed(days, restated, len(wanted) - len(days), report)


class Counted(Struct):
    """What a day is computed from: what its cases add to it, what their flows do, and what statements say."""

    cases: list[CaseMetric]
    flows: list[FlowMetric]
    settled: list[SettlementMetric]


def _figures(night: NightlyJob, shop: Shop, days: Sequence[Day]) -> dict[Day, Counted]:
    store = night.settlements
    found = {day: Counted([], [], settlement_metrics(store, shop.id, day) if store else []) for day in days}
    for one in night.nights.counted(shop.id, days):
        cases: dict[Day, list[CaseMetric]] = {}
        if isinstance(one, OrderRecord):
            flows = delivery_metrics_by_day(one, shop.time_zone)
        else:
            one = night.anew(one) if one.definition < DEFINITION else one
            cases, flows = case_metrics_by_day(one, shop.time_zone), flow_metrics_by_day(one, shop.time_zone)
        for day in days:
            found[day].cases += cases.get(day, ())
            found[day].flows += flows.get(day, ())
    for counted in found.values():
        counted.cases.sort(key=msgspec.json.encode)
        counted.flows.sort(key=msgspec.json.encode)
    return found


def _by_day(records: Iterable[Record]) -> dict[Day, list[Record]]:
    days: dict[Day, list[Record]] = {}
    for record in records:
        days.setdefault(record["day"], []).append(record)
    return days


def _keep(
    night: NightlyJob,
    shop: Shop,
    day: Day,
    fresh: list[Record],
    figures: Counted,
    told: ComputedDay | None,
    now: Instant,
) -> tuple[list[Record], bool]:
    """Store the records of a day; what was stored, and whether it restates what was told before."""
    inputs = hashlib.sha256(msgspec.json.encode([*figures.cases, *figures.flows, *figures.settled])).hexdigest()
    changed = told is not None and (told.inputs != inputs or told.definition != DEFINITION)
    made = {
        "definition": DEFINITION,
        "restated": (told.restated if told else 0) + changed,
        "computed_at": format_instant(now),
        "inputs": inputs,
    }
    records = [{"shop": shop.id, **record, **made} for record in fresh]
    old = [(dimension, value) for dimension, value in told.names] if told else []
    night.nights.replace_records(shop.id, day, records, old)
    return records, changed


def _publish(
    night: NightlyJob, shop: Shop, day: Day, records: list[Record], trend: dict[Day, Record], figures: Counted
) -> str:
    first = next_day(day, 1 - TREND_DAYS)
    shown = [trend[one] for one in sorted(trend) if first <= one <= day]
    html = night.reporter.page(Report(shop, day, records, shown, figures.cases))
    return night.lake.save_report(shop.id, day, html)
