"""After-sales flows: their tables hold together, and people's stories go through them."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.flows import flow as flows
from chalicelib.domain.flows.definition import FlowTable
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.flows.payloads import FlowStart, MoveIn
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.aftersales.transition_flow import start_flow, transition_flow
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, OFFICE, FakeServices
from tests.unit.desk_work import MEI, case_in, command
from tests.unit.test_hooks import KEY, about, request

LUNCH_OVER = NOON + HOUR_MS
BY_TIME = {"remind", "escalate", "chase"}
every_flow = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind)


@every_flow
def test_every_state_is_reached_and_every_move_leads_to_a_state(table: FlowTable) -> None:
    reached, before = {table.first}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {
            to for move in table.moves.values() for state in reached & {*move.of} for to in move.leads_to(state)
        }
    assert reached == set(table.states)
    assert {state for move in table.moves.values() for state in (*move.of, *move.stays)} <= set(table.states)


@every_flow
def test_at_every_moment_it_is_somebodys_turn_and_known_what_time_does(table: FlowTable) -> None:
    for name, state in table.states.items():
        if state.ends:
            assert not state.timeouts, name
            continue
        assert state.timeouts, name
        assert [one.seconds for one in state.timeouts] == sorted(one.seconds for one in state.timeouts), name
        assert state.timeouts[-1].does not in ("remind", "chase"), f"{name}: and then?"
        for timeout in state.timeouts:
            move = table.moves.get(timeout.does)
            assert timeout.does in BY_TIME or (move is not None and "time" in move.by and name in move.of), name
            assert timeout.since is None or timeout.since in table.states
        assert table.allowed(name, "staff") or table.allowed(name, "customer") or table.allowed(name, "partner"), name


@every_flow
def test_a_refusal_is_a_persons_act_and_says_why(table: FlowTable) -> None:
    for name in ("reject", "uphold", "dispute", "refuse", "write_off"):
        if name in table.moves:
            assert table.moves[name].needs_reason
            assert "time" not in table.moves[name].by


@settings(max_examples=200, deadline=None)
@given(chance=st.randoms(use_true_random=False), kind=st.sampled_from(sorted(TABLES)), length=st.integers(0, 30))
def test_whatever_is_tried_a_flow_is_in_a_state_of_its_table_with_its_deadline_ahead(
    chance: random.Random, kind: str, length: int
) -> None:
    flow = flows.with_deadlines(flows.start(kind, NOON, "other", ()), OFFICE, {})  # type: ignore[arg-type]
    at = NOON
    for _ in range(length):
        at += chance.randrange(1, 3 * DAY_MS)
        move = chance.choice(sorted(flow.table.moves))
        outcome = chance.choice([None, *flow.table.moves[move].to])
        after = flows.moved(flow, move, outcome, at)
        assert after is flow or flows.target(flow, move, outcome) == after.state
        flow = flows.with_deadlines(after, OFFICE, {})
        assert flow.state in flow.table.states
        assert (flow.due is None) == flow.ended
        assert flow.due is None or flow.deadline is None or flow.due.at <= flow.deadline.at


@settings(max_examples=100, deadline=None)
@given(kind=st.sampled_from(sorted(TABLES)), chance=st.randoms(use_true_random=False))
def test_when_nobody_moves_time_reminds_and_raises_but_never_refuses(kind: str, chance: random.Random) -> None:
    flow = flows.with_deadlines(flows.start(kind, NOON, "other", ()), OFFICE, {})  # type: ignore[arg-type]
    for _ in range(12):
        if flow.due is None:
            break
        before, due = flow, flow.due
        flow = flows.with_deadlines(flows.timed_out(flow, due, due.at), OFFICE, {})
        assert flow.state not in ("rejected", "refused", "final_answer")
        assert flow.due is None or flow.due.at > due.at or flow.state != before.state


def flow_of(services: FakeServices) -> Flow:
    flow = case_in(services).flow
    assert flow is not None
    return flow


def does(services: FakeServices, move: str, **told: Any) -> Flow:
    transition_flow(services, command(services), move, MoveIn(**told))
    return flow_of(services)


def waits_until(services: FakeServices, at: int) -> list[str]:
    """Let time pass: ring each alarm of the flow at its moment; the types of what was written."""
    written: list[str] = []
    while (due := flow_of(services).due) and due.at <= at:
        services.time = max(services.time, due.at)
        happened = run_due_timers(services, KEY)
        written += [event.type for event in happened]
        if not happened:
            break
    services.time = at
    return written


@pytest.fixture
def complained(quiet: FakeServices) -> FakeServices:
    quiet.hook("case.requested", request(type="complaint"))
    return quiet


@pytest.fixture
def returned(quiet: FakeServices) -> FakeServices:
    services = quiet
    services.hook("case.requested", request(claim={"reason": "size_too_small", "items": [{"sku": "SHOE-42"}]}))
    return services


def test_a_return_goes_from_the_request_to_the_money(returned: FakeServices) -> None:
    flow = flow_of(returned)
    assert (flow.kind, flow.state, flow.turn, flow.reason) == ("return", "requested", "shop", "size_too_small")
    assert does(returned, "approve").turn == "customer"
    assert does(returned, "ship", carrier="SF", tracking="SF123").turn == "carrier"
    returned.hook("shipment.scanned", about(20))
    returned.hook("parcel.received", about(60))
    assert flow_of(returned).turn == "warehouse"
    returned.hook("inspection.done", about(90, outcome="accepted", items=[{"sku": "SHOE-42", "condition": "new"}]))
    assert (flow_of(returned).state, flow_of(returned).items[0].condition) == ("accepted", "new")
    returned.time = NOON + 2 * HOUR_MS
    assert does(returned, "refund").turn == "finance"
    returned.hook("refund.completed", about(130))
    case = returned.cases.load(KEY).case
    assert case is not None
    assert (flow_of(returned).state, case.status) == ("completed", "resolved")
    assert [state for state, _ in flow_of(returned).steps] == [
        "requested",
        "approved",
        "in_transit",
        "received",
        "accepted",
        "refunding",
        "completed",
    ]


def test_partners_reports_in_any_order_end_in_the_same_flow(services: FakeServices) -> None:
    story = [
        ("case.requested", request()),
        ("parcel.received", about(60)),
        ("inspection.done", about(90, outcome="refused", note="worn")),
        ("shipment.scanned", about(50)),
    ]
    in_order = FakeServices()
    for kind, data in sorted(story, key=lambda one: str(one[1]["occurred_at"])):
        in_order.hook(kind, data)
    for kind, data in reversed(story):
        services.hook(kind, data)
    assert services.cases.load(KEY).case == in_order.cases.load(KEY).case
    assert flow_of(services).state == "refused"


def test_a_rejection_is_disputed_and_upheld(returned: FakeServices) -> None:
    with pytest.raises(Invalid, match="reason"):
        does(returned, "reject")
    assert does(returned, "reject", reason="worn outdoors").turn == "customer"
    assert does(returned, "dispute", reason="I never wore them").turn == "shop"
    assert does(returned, "uphold", reason="mud on the sole").ended


def test_a_rejection_stands_when_nobody_disputes_it_for_a_week(returned: FakeServices) -> None:
    does(returned, "reject", reason="worn outdoors")
    assert waits_until(returned, NOON + 8 * DAY_MS)[0] == "flow_timed_out"
    case = returned.cases.load(KEY).case
    assert case is not None
    assert (flow_of(returned).state, case.status) == ("ended", "resolved")


def test_who_does_not_ship_is_reminded_and_then_the_approval_expires(returned: FakeServices) -> None:
    does(returned, "approve")
    assert waits_until(returned, NOON + 6 * DAY_MS) == ["flow_timed_out"]
    assert (flow_of(returned).state, flow_of(returned).passed) == ("approved", 1)
    waits_until(returned, NOON + 8 * DAY_MS)
    assert flow_of(returned).state == "expired"
    assert [event.fact.does for event in returned.cases.events(KEY) if event.type == "flow_timed_out"] == [  # type: ignore[attr-defined]
        "remind",
        "expire",
    ]


def test_a_request_nobody_reviews_climbs_a_tier_an_hour(returned: FakeServices) -> None:
    assert waits_until(returned, LUNCH_OVER + 2 * HOUR_MS)[:2] == ["case_escalated", "flow_timed_out"]
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
    does(returned, "approve")
    does(returned, "ship", tracking="SF123")
    returned.time = NOON + 4 * DAY_MS
    returned.hook("shipment.scanned", {"case_external_id": "web-1", "occurred_at": "2026-11-24T04:00:00Z"})
    waits_until(returned, returned.time + 16 * DAY_MS)
    assert flow_of(returned).state == "missing"


def under_way(services: FakeServices) -> None:
    """Approved and shipped at noon, found on no scan for five days."""
    does(services, "approve")
    does(services, "ship", tracking="SF123")
    assert waits_until(services, NOON + 5 * DAY_MS + HOUR_MS) == ["flow_timed_out", "task_opened"]


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
    assert waits_until(returned, NOON + 12 * DAY_MS)[:2] == ["flow_timed_out", "task_opened"]
    case = returned.cases.load(KEY).case
    assert case is not None
    assert len(case.tasks) == 2


def test_a_scan_told_late_undoes_the_chase_it_disproves(returned: FakeServices) -> None:
    under_way(returned)
    scanned(returned, 4)
    assert flow_of(returned).due == flows.Due(NOON + 9 * DAY_MS, "chase")


def test_a_first_scan_tells_of_the_parcel_a_customer_sent_without_a_word(returned: FakeServices) -> None:
    does(returned, "approve")
    returned.time += MINUTE_MS
    returned.hook("shipment.scanned", about(2, carrier="SF", tracking="SF9"))
    returned.hook("shipment.scanned", about(3, carrier="SF", tracking="SF9"))
    assert [one.tracking for one in flow_of(returned).shipments] == ["SF9"]


@pytest.mark.parametrize("told", [{}, {"outcome": "sold"}])
def test_an_inspection_without_a_known_outcome_is_refused_at_the_door(
    services: FakeServices, told: dict[str, str]
) -> None:
    with pytest.raises(Invalid, match="outcome: is one of accepted"):
        services.deliver("inspection.done", about(1, **told))


def test_a_complaint_refused_three_times_gets_the_final_answer(complained: FakeServices) -> None:
    does(complained, "acknowledge")
    for _ in range(2):
        does(complained, "propose")
        assert does(complained, "refuse", reason="too little").state == "investigating"
    does(complained, "propose")
    assert does(complained, "refuse", reason="still too little").state == "final_answer"


def test_silence_accepts_a_proposal(complained: FakeServices) -> None:
    does(complained, "acknowledge")
    does(complained, "propose")
    waits_until(complained, NOON + 8 * DAY_MS)
    assert "accepted" in [state for state, _ in flow_of(complained).steps]


def test_a_move_that_is_not_allowed_names_those_that_are(returned: FakeServices) -> None:
    with pytest.raises(Conflict) as refused:
        does(returned, "inspect", outcome="accepted")
    assert refused.value.allowed == ["approve", "receive", "reject", "withdraw"]
    with pytest.raises(NotFound):
        does(returned, "teleport")
    returned.hook("parcel.received", about(1))
    with pytest.raises(Invalid, match="outcome"):
        does(returned, "inspect", outcome="sold")
    with pytest.raises(Invalid, match="tracking"):
        does(returned, "inspect", outcome="accepted", tracking="SF123")


def test_a_reshipment_is_started_on_the_case_it_mends(quiet: FakeServices) -> None:
    quiet.hook("case.requested", request(type="order_issue"))
    stored = quiet.cases.load(KEY).case
    assert stored is not None
    assert stored.flow is None
    command = Command(case=stored.id, shop="demo", by=MEI)
    start_flow(quiet, command, FlowStart(kind="reship"))
    with pytest.raises(Conflict, match="carries a reship already"):
        start_flow(quiet, command, FlowStart(kind="refund"))
    does(quiet, "approve")
    assert does(quiet, "send", tracking="SF9").shipments[0].direction == "out"
    assert does(quiet, "deliver").turn == "customer"
    assert does(quiet, "complete").ended


def test_a_shop_has_deadlines_of_its_own(services: FakeServices) -> None:
    put_policy(services, "demo", Policy(after_sales=AfterSales(deadlines={"return.requested.escalate": 600})))
    services.hook("case.requested", request())
    assert flow_of(services).deadline == flows.Due(LUNCH_OVER + 10 * MINUTE_MS, "escalate")


def test_a_historical_case_carries_no_flow(services: FakeServices) -> None:
    services.hook("case.requested", request(historical=True))
    case = services.cases.load(KEY).case
    assert case is not None
    assert case.flow is None


def test_a_deadline_that_does_not_exist_is_refused(services: FakeServices) -> None:
    with pytest.raises(Invalid, match="is no deadline"):
        put_policy(services, "demo", Policy(after_sales=AfterSales(deadlines={"return.aproved.expire": 60})))


def test_a_shop_may_let_time_run_out_before_it_would_remind(quiet: FakeServices) -> None:
    rules = AfterSales(deadlines={"return.approved.expire": DAY_MS / 1000})
    put_policy(quiet, "demo", Policy(after_sales=rules))
    quiet.hook("case.requested", request())
    quiet.time += 1000
    does(quiet, "approve")
    assert flow_of(quiet).due is not None
    quiet.time += DAY_MS
    run_due_timers(quiet, KEY)
    assert flow_of(quiet).state == "expired"
