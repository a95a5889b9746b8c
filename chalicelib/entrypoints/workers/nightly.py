"""The nightly function: the only one that loads DuckDB and the chart library, from its layer."""

from functools import cache
from typing import Any

from chalicelib.adapters.aws.messages import NightMessage
from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.workers.batch import Handlers, work_through
from chalicelib.observability import count, logger
from chalicelib.settings import settings
from chalicelib.usecases.metrics.compute_day import NightlyJob, compute_day, mark_all_for_restatement
from chalicelib.usecases.ports.services import rules_of, shop_of


def take(event: dict[str, Any]) -> dict[str, Any]:
    """Nights are to be computed; the answer names the messages to be delivered again."""
    return work_through(event, HANDLERS)


@cache
def _night() -> NightlyJob:
    from chalicelib.adapters.metrics.data_lake import DataLake
    from chalicelib.adapters.metrics.report import HtmlReport
    from chalicelib.adapters.metrics.sql import DuckDbMetrics

    lake = DataLake(settings().lake_bucket)
    return NightlyJob(
        services().nights, DuckDbMetrics(), lake, HtmlReport(services().pages), _anew, services().settlements
    )


def _anew(case: Case) -> Case:
    rules = rules_of(services(), case.shop, case.policy, case.calendar)
    return fold(services().nights.events(key_of_id(case.id)), rules, services().registries.reducers) or case


def _segment(shop: str) -> None:
    """Count customers into segments, once the figures stand."""
    from chalicelib.adapters.customers.segment_table import SegmentTable
    from chalicelib.adapters.metrics.sql.segments import segments
    from chalicelib.usecases.customers.compute_segments import compute_segments

    changed = compute_segments(SegmentTable(services().table), segments, shop, services().now())
    logger.info("segments", extra={"shop": shop, "changed": changed})


def _retire(shop_id: str, day: str) -> None:
    """Ask for what need not be kept any longer."""
    from chalicelib.adapters.privacy.retention_table import RetentionTable
    from chalicelib.usecases.privacy.apply_retention import plan_retention
    from chalicelib.usecases.shops.manage_shop import read_policy

    shop = shop_of(services(), shop_id)
    kept = RetentionTable(services().table, services().nights, shop.time_zone)
    asked = plan_retention(kept, shop, read_policy(services(), shop_id, None), day, services().now())
    logger.info("retiring", extra={"shop": shop_id, "asked": asked})


def _settle(shop_id: str, day: str) -> None:
    """Ask for what statements leave open."""
    from chalicelib.usecases.settlement.find_unpaid import plan_checks

    asked = plan_checks(services(), shop_of(services(), shop_id), day, services().now())
    logger.info("settlement", extra={"shop": shop_id, "checks": asked})


def compute(message: NightMessage) -> None:
    """Compute the night a message names; what one run cannot do is asked for again."""
    shop_id, run, now = message.shop, message.run, services().now()
    asked = services().nights.asked(shop_id, run, message.part)
    if asked is None or asked["state"] == "done":
        return
    mark_all_for_restatement(services().nights, shop_id)
    done = compute_day(_night(), shop_of(services(), shop_id), asked["day"], run, now)
    if done.left:
        services().nights.ask(run, shop_id, asked["day"], now, message.part + 1)
    else:
        _retire(shop_id, asked["day"])
        _settle(shop_id, asked["day"])
        _segment(shop_id)
        services().nights.finish(shop_id, run, len(done.days), done.report)
    count("DaysComputed", len(done.days))
    logger.info(
        "night",
        extra={
            "shop": shop_id,
            "day": asked["day"],
            "days": len(done.days),
            "restated": done.restated,
            "left": done.left,
        },
    )


HANDLERS: Handlers = {NightMessage: compute}
