"""What the nightly job counts of merged cases."""

from typing import Any

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.casework.payloads import MergeInto, Unmerge
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import day_of, format_instant
from chalicelib.usecases.casework import merge_cases
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.cases.webhooks import request
from tests.support.metrics.days import ZONE, compute_one_day, send_events
from tests.support.metrics.records import records_of
from tests.support.moto.tables import command


def given_cases(services: AwsServices, now: str) -> tuple[StoredCase, StoredCase]:
    """Two cases of today, the second of which is answered and merged into the first."""
    for number, name in enumerate(("web-1", "web-2")):
        data = request(type="question", external_id=name, occurred_at=now)
        send_events(services, "case.requested", data, number)
    first, second = (services.cases.load(case_key("demo", name)) for name in ("web-1", "web-2"))
    return first, second


def figures(services: AwsServices, day: str) -> dict[str, Any]:
    shop, run = shop_of(services, "demo"), compute_one_day(services)
    compute_day(run, shop, day, "run", services.now())
    return records_of(services, "demo", day)["all", "all"]


def about(name: str, now: str, **more: Any) -> dict[str, Any]:
    return {"case_external_id": name, "occurred_at": now, **more}


def test_a_merged_case_was_opened_and_is_neither_resolved_nor_breached_and_the_other_is_resolved_once(
    services: AwsServices,
) -> None:
    now = format_instant(services.now())
    day = day_of(services.now(), ZONE)
    first, second = given_cases(services, now)
    assert first.case is not None
    assert second.case is not None
    merge_cases.merge(services, command(second), MergeInto(into=first.case.id))
    send_events(services, "case.resolved", about("web-1", format_instant(services.now()), agent="mei"), 10)
    send_events(services, "case.resolved", about("web-2", format_instant(services.now()), agent="mei"), 11)
    record = figures(services, day)
    assert (record["opened"], record["resolved"], record["resolution"]["count"]) == (2, 1, 1)
    assert record["sla"]["resolution"] == {"met": 1, "breached": 0}
    merge_cases.unmerge(services, command(first), Unmerge(case=second.case.id))
    record = figures(services, day)
    assert (record["opened"], record["resolved"]) == (2, 2)
