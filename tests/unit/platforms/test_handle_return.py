"""Shopify's returns become cases and move their flows."""

import pytest

from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.platforms.events import ReturnLine
from chalicelib.usecases.intake.process_receipt import process_receipt
from tests.fakes import FakeServices
from tests.support.platforms.platform_webhooks import RETURN, body_of, case_of, process, process_shopify, shopify


def test_a_return_asked_for_on_the_platform_becomes_a_case_of_its_buyer_with_its_claim() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "fulfillments-update")
    (receipt,) = process_shopify(services, "returns-request")
    case = case_of(services)
    assert (receipt.case, case.type, case.channel, case.language) == (case.id, "return", "third_party", "pt-PT")
    assert case.flow is not None
    assert (case.flow.state, case.flow.reason) == ("requested", "defective")
    assert [(one.sku, one.quantity) for one in case.flow.items] == [("LAN-BLUE", 1)]
    opening = services.cases.opening([case_key("demo", RETURN)])[case_key("demo", RETURN)]
    assert (opening.message, opening.subject) == ("A lâmpada faz fumo", "Shopify #1042-R1")
    assert [one.name for one in case.flow.rulings] == ["fault"]


def test_more_on_the_reason_is_a_note_for_staff_and_not_the_customers_word() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    body = body_of("shopify", "returns-request").replace(b'"return_reason_note": ""', b'"return_reason_note": "again"')
    process(services, shopify(services, "returns-request", body=body))
    process(services, shopify(services, "returns-request", body=body, delivery="d-2"))
    key = case_key("demo", RETURN)
    said = [(one.type, one.fact.message) for one in services.cases.events(key) if hasattr(one.fact, "message")]
    assert sorted(said) == [("case_opened", "A lâmpada faz fumo"), ("note_added", "again")]


@pytest.mark.parametrize(
    ("later", "state", "status"),
    [
        ("returns-approve", "approved", "waiting_customer"),
        ("returns-decline", "rejected", "open"),
        ("returns-cancel", "withdrawn", "resolved"),
    ],
)
def test_what_the_shop_decides_on_the_platform_moves_the_flow_once(later: str, state: str, status: str) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "returns-request", later)
    process(services, shopify(services, later, delivery="again, under another id"))
    case = case_of(services)
    assert case.flow is not None
    assert case.flow.state == state
    moves = [one for one in services.cases.events(case_key("demo", RETURN)) if one.type == "flow_moved"]
    assert len(moves) == 1


def test_a_return_the_shop_made_itself_opens_approved_though_nobody_requested_it() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "returns-approve")
    flow = case_of(services).flow
    assert flow is not None
    assert flow.state == "approved"


def test_lines_that_were_not_told_are_asked_of_the_platform_before_anything_is_decided() -> None:
    services = FakeServices()
    services.platforms.returns["9100000000001"] = (ReturnLine("11001", 2, "size_too_small"), ReturnLine("11002", 1))
    process_shopify(services, "orders-create", "returns-request-without-lines")
    flow = case_of(services).flow
    assert flow is not None
    assert [(one.sku, one.quantity) for one in flow.items] == [("LAN-BLUE", 2), ("variant-602", 1)]
    assert services.platforms.asked == ["return 9100000000001"]


def test_a_return_that_is_closed_twice_without_a_time_is_closed_and_each_delivery_counts_once() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "returns-request")
    states, taken = [], []
    for place, name in enumerate(("returns-approve", "returns-close", "returns-reopen", "returns-close")):
        services.time += HOUR_MS
        taken.append(shopify(services, name, delivery=f"d-{place}"))
        process(services, taken[-1])
        flow = case_of(services).flow
        states.append(flow and flow.state)
    closed = states[1]
    assert states == ["approved", closed, "approved", closed] != ["approved"] * 4
    for one in taken:
        process_receipt(services, one.receipt.id)
    flow = case_of(services).flow
    assert flow is not None
    assert flow.state == closed
