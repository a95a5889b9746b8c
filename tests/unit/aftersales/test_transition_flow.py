"""After-sales flows as customers and agents go through them."""

import pytest

from chalicelib.domain.flows.payloads import FlowStart
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.usecases.aftersales.transition_flow import start_flow
from chalicelib.usecases.cases.handle_command import Command
from tests.fakes import NOON, FakeServices
from tests.support.aftersales.flows import flow_of, let_time_pass, move_flow
from tests.support.cases.case_work import MEI
from tests.support.cases.webhooks import KEY, about, request


def test_a_return_goes_from_the_request_to_the_money(returned: FakeServices) -> None:
    flow = flow_of(returned)
    assert (flow.kind, flow.state, flow.turn, flow.reason) == ("return", "requested", "shop", "size_too_small")
    assert move_flow(returned, "approve").turn == "customer"
    assert move_flow(returned, "ship", carrier="SF", tracking="SF123").turn == "carrier"
    returned.hook("shipment.scanned", about(20))
    returned.hook("parcel.received", about(60))
    assert flow_of(returned).turn == "warehouse"
    returned.hook("inspection.done", about(90, outcome="accepted", items=[{"sku": "SHOE-42", "condition": "new"}]))
    assert (flow_of(returned).state, flow_of(returned).items[0].condition) == ("accepted", "new")
    returned.time = NOON + 2 * HOUR_MS
    assert move_flow(returned, "refund").turn == "finance"
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
        move_flow(returned, "reject")
    assert move_flow(returned, "reject", reason="worn outdoors").turn == "customer"
    assert move_flow(returned, "dispute", reason="I never wore them").turn == "shop"
    assert move_flow(returned, "uphold", reason="mud on the sole").ended


def test_a_rejection_stands_when_nobody_disputes_it_for_a_week(returned: FakeServices) -> None:
    move_flow(returned, "reject", reason="worn outdoors")
    assert let_time_pass(returned, NOON + 8 * DAY_MS)[0] == "flow_timed_out"
    case = returned.cases.load(KEY).case
    assert case is not None
    assert (flow_of(returned).state, case.status) == ("ended", "resolved")


@pytest.mark.parametrize("data", [{}, {"outcome": "sold"}])
def test_an_inspection_without_a_known_outcome_is_refused_at_the_door(
    services: FakeServices, data: dict[str, str]
) -> None:
    with pytest.raises(Invalid, match="outcome: is one of accepted"):
        services.deliver("inspection.done", about(1, **data))


def test_a_complaint_refused_three_times_gets_the_final_answer(complained: FakeServices) -> None:
    move_flow(complained, "acknowledge")
    for _ in range(2):
        move_flow(complained, "propose")
        assert move_flow(complained, "refuse", reason="too little").state == "investigating"
    move_flow(complained, "propose")
    assert move_flow(complained, "refuse", reason="still too little").state == "final_answer"


def test_silence_accepts_a_proposal(complained: FakeServices) -> None:
    move_flow(complained, "acknowledge")
    move_flow(complained, "propose")
    let_time_pass(complained, NOON + 8 * DAY_MS)
    assert "accepted" in [state for state, _ in flow_of(complained).steps]


def test_a_move_that_is_not_allowed_names_those_that_are(returned: FakeServices) -> None:
    with pytest.raises(Conflict) as refused:
        move_flow(returned, "inspect", outcome="accepted")
    assert refused.value.allowed == ["approve", "receive", "reject", "withdraw"]
    with pytest.raises(NotFound):
        move_flow(returned, "teleport")
    returned.hook("parcel.received", about(1))
    with pytest.raises(Invalid, match="outcome"):
        move_flow(returned, "inspect", outcome="sold")
    with pytest.raises(Invalid, match="tracking"):
        move_flow(returned, "inspect", outcome="accepted", tracking="SF123")


def test_a_reshipment_is_started_on_the_case_it_mends(quiet: FakeServices) -> None:
    quiet.hook("case.requested", request(type="order_issue"))
    stored = quiet.cases.load(KEY).case
    assert stored is not None
    assert stored.flow is None
    command = Command(case=stored.id, shop="demo", by=MEI)
    start_flow(quiet, command, FlowStart(kind="reship"))
    with pytest.raises(Conflict, match="carries a reship already"):
        start_flow(quiet, command, FlowStart(kind="refund"))
    move_flow(quiet, "approve")
    assert move_flow(quiet, "send", tracking="SF9").shipments[0].direction == "out"
    assert move_flow(quiet, "deliver").turn == "customer"
    assert move_flow(quiet, "complete").ended


def test_a_historical_case_carries_no_flow(services: FakeServices) -> None:
    services.hook("case.requested", request(historical=True))
    case = services.cases.load(KEY).case
    assert case is not None
    assert case.flow is None
