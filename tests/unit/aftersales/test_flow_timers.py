"""What timers do to a flow: reminders, escalations, parcels without a scan."""

import pytest

from chalicelib.domain.flows import flow as flows
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, FakeServices
from tests.support.aftersales.flows import flow_of, let_time_pass, move_flow
from tests.support.cases.webhooks import KEY, about, request

LUNCH_OVER = NOON + HOUR_MS


def test_who_does_not_ship_is_reminded_and_then_the_approval_expires(returned: FakeServices) -> None:
    move_flow(returned, "approve")
    assert let_time_pass(returned, NOON + 6 * DAY_MS) == ["flow_timed_out"]
    assert (flow_of(returned).state, flow_of(returned).passed) == ("approved", 1)
    let_time_pass(returned, NOON + 8 * DAY_MS)
    assert flow_of(returned).state == "expired"
    assert [event.fact.does for event in returned.cases.events(KEY) if event.type == "flow_timed_out"] == [  # type: ignore[attr-defined]
        "remind",
        "expire",
    ]


def test_a_request_nobody_reviews_climbs_a_tier_an_hour(returned: FakeServices) -> None:
    assert let_time_pass(returned, LUNCH_OVER + 2 * HOUR_MS)[:2] == ["case_escalated", "flow_timed_out"]
    case = returned.cases.load(KEY).case
    assert case is not None
    assert case.tier == 2


def test_a_broken_promise_and_a_late_review_of_the_same_silence_raise_once(services: FakeServices) -> None:
    services.hook("case.requested", request())
    services.time = LUNCH_OVER + HOUR_MS
    assert [event.type for event in run_due_timers(services, KEY)] == [
        "clock_breached",
        "case_escalated",
        "flow_timed_out",
    ]


def test_a_parcel_without_a_scan_is_chased_and_given_up(returned: FakeServices) -> None:
    move_flow(returned, "approve")
    move_flow(returned, "ship", tracking="SF123")
    returned.time = NOON + 4 * DAY_MS
    returned.hook("shipment.scanned", {"case_external_id": "web-1", "occurred_at": "2026-11-24T04:00:00Z"})
    let_time_pass(returned, returned.time + 16 * DAY_MS)
    assert flow_of(returned).state == "missing"


def under_way(services: FakeServices) -> None:
    """Approved and shipped at noon, without a scan for five days."""
    move_flow(services, "approve")
    move_flow(services, "ship", tracking="SF123")
    assert let_time_pass(services, NOON + 5 * DAY_MS + HOUR_MS) == ["flow_timed_out", "task_opened"]


def scanned(services: FakeServices, days: int) -> None:
    services.hook(
        "shipment.scanned",
        {"case_external_id": "web-1", "occurred_at": format_instant(NOON + days * DAY_MS)},
        f"scan-{days}",
    )


def test_a_parcel_that_is_lost_again_after_a_scan_is_chased_again(returned: FakeServices) -> None:
    under_way(returned)
    returned.time = NOON + 6 * DAY_MS
    scanned(returned, 6)
    assert let_time_pass(returned, NOON + 12 * DAY_MS)[:2] == ["flow_timed_out", "task_opened"]
    case = returned.cases.load(KEY).case
    assert case is not None
    assert len(case.tasks) == 2


def test_a_scan_that_arrives_late_undoes_the_chase_it_disproves(returned: FakeServices) -> None:
    under_way(returned)
    scanned(returned, 4)
    assert flow_of(returned).due == flows.Due(NOON + 9 * DAY_MS, "chase")


def test_a_first_scan_tells_of_the_parcel_a_customer_sent_without_a_word(returned: FakeServices) -> None:
    move_flow(returned, "approve")
    returned.time += MINUTE_MS
    returned.hook("shipment.scanned", about(2, carrier="SF", tracking="SF9"))
    returned.hook("shipment.scanned", about(3, carrier="SF", tracking="SF9"))
    assert [one.tracking for one in flow_of(returned).shipments] == ["SF9"]


def test_a_shop_has_deadlines_of_its_own(services: FakeServices) -> None:
    put_policy(services, "demo", Policy(after_sales=AfterSales(deadlines={"return.requested.escalate": 600})))
    services.hook("case.requested", request())
    assert flow_of(services).deadline == flows.Due(LUNCH_OVER + 10 * MINUTE_MS, "escalate")


def test_a_deadline_that_does_not_exist_is_refused(services: FakeServices) -> None:
    with pytest.raises(Invalid, match="is no deadline"):
        put_policy(services, "demo", Policy(after_sales=AfterSales(deadlines={"return.aproved.expire": 60})))


def test_a_shop_may_let_time_run_out_before_it_would_remind(quiet: FakeServices) -> None:
    rules = AfterSales(deadlines={"return.approved.expire": DAY_MS / 1000})
    put_policy(quiet, "demo", Policy(after_sales=rules))
    quiet.hook("case.requested", request())
    quiet.time += 1000
    move_flow(quiet, "approve")
    assert flow_of(quiet).due is not None
    quiet.time += DAY_MS
    run_due_timers(quiet, KEY)
    assert flow_of(quiet).state == "expired"
