"""The services of the nightly job, and one run of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.metrics import CountedRows, DataLake, MetricEngine, MetricStore, Record, ReportRenderer

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

TREND_DAYS = 30


class NightlyJob(Struct, frozen=True):
    """The services that compute days. The registries of `services` say what is counted; `rows` holds what was counted
    until `engine` computes records of it."""

    services: "Services"
    store: MetricStore
    rows: CountedRows
    engine: MetricEngine
    data_lake: DataLake
    renderer: ReportRenderer
    counted: Callable[[Case], object] = lambda _case: None
    """Is called with each case that is counted."""


class Run(Struct, frozen=True, kw_only=True):
    """One run of the job for a shop. `day`: the requested day. `trend`: the records of the whole shop for the last
    days, which the run updates day by day."""

    id: str
    shop: Shop
    day: Day
    now: Instant
    trend: dict[Day, Record]
