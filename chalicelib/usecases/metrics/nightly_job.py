"""What the nightly job works with, and what it works on."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.metrics import DataLake, MetricEngine, MetricStore, Record, ReportRenderer
from chalicelib.usecases.ports.services import Services

TREND_DAYS = 30


class NightlyJob(Struct, frozen=True):
    """The services that compute days. What is counted stands in the registries of `services`."""

    services: Services
    store: MetricStore
    engine: MetricEngine
    lake: DataLake
    renderer: ReportRenderer


class Run(Struct, frozen=True, kw_only=True):
    """One run of the job for a shop. `day`: the one that was requested. `trend`: the whole shop's record of each of the
    last days, which the run brings up to date day by day."""

    id: str
    shop: Shop
    day: Day
    now: Instant
    trend: dict[Day, Record]
