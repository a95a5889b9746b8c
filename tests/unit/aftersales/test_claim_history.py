"""Earlier claims on an order are counted when a claim is judged."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.aftersales.claim_history import history_of
from chalicelib.domain.flows.claims import History
from chalicelib.domain.flows.flow import FlowItem, start
from chalicelib.domain.flows.payloads import ClaimIn, FlowItemIn, FlowStart
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.sla.policies import AfterSales, Policy
from chalicelib.usecases.aftersales.explain_flow import explain_flow
from chalicelib.usecases.aftersales.transition_flow import start_flow
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.support.aftersales.claims import SIGNED_AT, SMALL_SIZES_RULE
from tests.support.aftersales.flows import flow_of
from tests.support.cases.events import case_of, opened
from tests.support.cases.webhooks import KEY, request


def test_a_claim_is_approved_by_rule_with_its_opening_and_says_by_which(services: FakeServices) -> None:
    put_policy(services, "demo", Policy(after_sales=AfterSales(auto_approve=(SMALL_SIZES_RULE,))))
    bought = {
        "external_id": "O-1",
        "items": [{"sku": "SHOE-42", "price": {"amount": "499.00", "currency": "CNY"}}],
        "delivered_at": "2026-11-18T08:00:00Z",
    }
    services.hook("case.requested", request(order=bought, claim={"reason": "size_too_small"}))
    assert flow_of(services).state == "approved"
    explanation = explain_flow(services, services.cases.load(KEY))
    assert [one.name for one in explanation.rulings] == ["no_reason_window"]
    assert [(event.by.kind, event.fact.rule) for event in explanation.decisions] == [("system", "small sizes")]  # type: ignore[attr-defined]


def test_history_is_read_when_the_claim_is_made_and_stays_in_its_opening(services: FakeServices) -> None:
    order = {"external_id": "O-1", "items": [{"sku": "SHOE-42", "quantity": 2}], "delivered_at": "2026-11-18T00:00:00Z"}
    claim = {"reason": "wrong_item", "items": [{"sku": "SHOE-42", "quantity": 1}]}
    for name in ("web-1", "web-2", "web-3"):
        services.time += 1000
        services.hook("case.requested", request(external_id=name, order=order, claim=claim, occurred_at=None))
    openings = [
        services.cases.opening([case_key("demo", name)])[case_key("demo", name)] for name in ("web-1", "web-2", "web-3")
    ]
    first, second, third = (one.history for one in openings)
    assert first is None
    assert second == History(claimed=(FlowItem("SHOE-42", 1),), returns=1, wrong_items=1)
    assert third is not None
    assert (len(third.claimed), third.returns, third.wrong_items) == (2, 2, 2)
    case = services.cases.load(case_key("demo", "web-3")).case
    assert case is not None
    assert case.flow is not None
    assert {one.name for one in case.flow.rulings} == {"already_claimed", "wrong_items_in_a_row", "fault"}


def test_a_flow_that_staff_start_is_judged_too(services: FakeServices) -> None:
    services.hook("case.requested", request(type="order_issue", order={"external_id": "O-1", "items": [{"sku": "A"}]}))
    case = services.cases.load(KEY).case
    assert case is not None
    asked = FlowStart(kind="reship", claim=ClaimIn(reason="missing_item", items=(FlowItemIn("B"),)))
    services.time += 1000
    started = start_flow(services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), asked).case
    assert started is not None
    assert started.flow is not None
    assert [one.name for one in started.flow.rulings] == ["not_ordered", "fault"]


@pytest.mark.parametrize(
    ("now", "found"),
    [(1, ["more_than_ordered", "fault"]), (2, ["fault"]), (3, ["fault"])],
)
def test_a_flow_that_is_started_later_is_judged_by_the_order_as_it_is_then(
    services: FakeServices, now: int, found: list[str]
) -> None:
    items = [{"sku": "LAMP", "quantity": 2}]
    order = {"external_id": "O-1", "items": items, "delivered_at": "2026-11-18T00:00:00Z"}
    services.hook("case.requested", request(type="question", order=order))
    services.time += 1000
    services.hook("order.updated", {"external_id": "O-1", "items": [{"sku": "LAMP", "quantity": now}]})
    asked = FlowStart(kind="return", claim=ClaimIn(reason="defective", items=(FlowItemIn("LAMP", quantity=2),)))
    case = services.cases.load(KEY).case
    assert case is not None
    started = start_flow(services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), asked).case
    assert started is not None
    assert started.flow is not None
    assert [one.name for one in started.flow.rulings] == found
    assert started.flow.bought is not None  # what the shop left out is taken from the case


def test_a_flow_that_ended_before_another_was_started_on_its_case_still_counts() -> None:
    gone = replace(start("return", SIGNED_AT, "unwanted", (FlowItem("SHOE-42", 2),)), state="completed")
    now = start("reship", SIGNED_AT + DAY_MS, "missing_item", ())
    case = replace(case_of(opened()), flow=now, past_flows=(gone,))
    history = history_of([case], [case], SIGNED_AT + 2 * DAY_MS)
    assert (history.claimed, history.returns) == ((FlowItem("SHOE-42", 2),), 1)
