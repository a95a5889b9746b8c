"""The nightly function, the only one that loads DuckDB and the chart library, from its layer."""

from functools import cache, partial
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.aws.messages import NightlyJobMessage
from chalicelib.adapters.insights.stores.run_table import RunTable
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.shops.shop import Shop
from chalicelib.entrypoints.workers.batch import Handlers, handle_batch
from chalicelib.observability import count, logger
from chalicelib.settings import settings
from chalicelib.usecases.customers.compute_segments import compute_segments, note_answered, read_again
from chalicelib.usecases.metrics.compute_day import Computed, compute_day
from chalicelib.usecases.metrics.nightly_job import NightlyJob
from chalicelib.usecases.metrics.restate import mark_all_for_restatement
from chalicelib.usecases.ports.shop_rules import shop_of


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Compute the requested days; the answer names the messages that SQS shall deliver again."""
    return handle_batch(event, HANDLERS)


@cache
def _nightly_job() -> NightlyJob:
    from chalicelib.adapters.metrics.data_lake import DataLake
    from chalicelib.adapters.metrics.duckdb_metrics import DuckDbMetrics
    from chalicelib.adapters.metrics.report import HtmlReport
    from chalicelib.adapters.metrics.row_files import RowFiles

    rows = RowFiles()
    return NightlyJob(
        services=services(),
        store=services().metrics,
        rows=rows,
        engine=DuckDbMetrics(services().registries.measure_queries, rows),
        data_lake=DataLake(settings().lake_bucket),
        renderer=HtmlReport(services().pages),
    )


def _read_answers(shop: str, customers: set[str]) -> None:
    """Read again what the segments of customers who answered a survey are computed from."""
    from chalicelib.adapters.customers.segment_table import SegmentTable

    read_again(SegmentTable(services().table), shop, sorted(customers), services().now())


def _segment_customers(shop: str) -> None:
    """Compute the segments of customers, once the metrics are computed."""
    from chalicelib.adapters.customers.segment_table import SegmentTable
    from chalicelib.adapters.customers.segments import segments

    changed = compute_segments(SegmentTable(services().table), segments, shop, services().now())
    logger.info("segments", extra={"shop": shop, "changed": changed})


def _plan_retention(shop: Shop, day: Day) -> None:
    """Request the erasure of customers and files whose retention has ended."""
    from chalicelib.adapters.privacy.retention_table import RetentionTable
    from chalicelib.usecases.privacy.apply_retention import plan_retention
    from chalicelib.usecases.shops.manage_shop import read_policy

    store = RetentionTable(services().table, services().metrics, shop.time_zone)
    requested = plan_retention(store, shop, read_policy(services(), shop.id, None), day, services().now())
    logger.info("retention", extra={"shop": shop.id, "asked": requested})


def _plan_settlement_checks(shop: Shop, day: Day) -> None:
    """Request checks of money and entries that statements leave open."""
    from chalicelib.usecases.settlement.find_unpaid import plan_checks

    requested = plan_checks(services(), shop, day, services().now())
    logger.info("settlement", extra={"shop": shop.id, "checks": requested})


def handle_run(message: NightlyJobMessage) -> None:
    """Compute the day that a message requests; what one run cannot do is requested again."""
    shop_id, run = message.shop, message.run
    now = services().now()
    request = services().metrics.requested_run(shop_id, run, message.part)
    if request is None or request["state"] == "done":
        return
    day: Day = request["day"]
    shop = shop_of(services(), shop_id)
    mark_all_for_restatement(services().metrics, shop_id)
    answered: set[str] = set()
    note = partial(note_answered, answered, day, shop.time_zone)
    computed = compute_day(replace(_nightly_job(), counted=note), shop, day, run, now)
    _read_answers(shop_id, answered)
    if computed.left:
        services().metrics.request_run(run, shop_id, day, now, message.part + 1)
    else:
        _finish(shop, day, run, computed)
    _log(shop_id, day, computed)


def _finish(shop: Shop, day: Day, run: str, computed: Computed) -> None:
    """Finish a run whose days are all computed, and plan what depends on the metrics."""
    _plan_retention(shop, day)
    _plan_settlement_checks(shop, day)
    _segment_customers(shop.id)
    RunTable(services().table).request(shop.id, run, day, services().now())
    services().metrics.finish_run(shop.id, run, len(computed.days), computed.report)


def _log(shop: str, day: Day, computed: Computed) -> None:
    count("DaysComputed", len(computed.days))
    figures = {"days": len(computed.days), "restated": computed.restated, "left": computed.left}
    logger.info("days computed", extra={"shop": shop, "day": day, **figures})


HANDLERS: Handlers = {NightlyJobMessage: handle_run}
