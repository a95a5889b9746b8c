"""Disputes become urgent complaints with a task for finance."""

import json
from typing import Any

import pytest

from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS, parse_instant
from chalicelib.usecases.ports import Receipt
from tests.fakes import FakeServices
from tests.support.platforms.platform_webhooks import (
    body_of,
    case_of,
    order_record_of,
    process,
    process_shopify,
    shopify,
)


@pytest.mark.parametrize("names", [("disputes-update", "disputes-create"), ("disputes-update", "disputes-update")])
def test_a_dispute_that_was_decided_before_we_knew_of_it_asks_nobody_for_anything(names: tuple[str, ...]) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    for place, name in enumerate(names):
        assert process(services, shopify(services, name, delivery=str(place))).state == "processed"
    assert services.cases.load(case_key("demo", "shopify/dispute/3100000000001")).case is None
    assert [(one.id, one.state) for one in order_record_of(services).disputes] == [("3100000000001", "won")]


@pytest.mark.parametrize(
    ("names", "outcome"), [(("disputes-create", "disputes-update"), "won"), (("disputes-create",), None)]
)
def test_a_disputes_task_is_done_when_the_bank_has_decided(names: tuple[str, ...], outcome: str | None) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    for place, name in enumerate(names):
        process(services, shopify(services, name, delivery=str(place)))
    case = case_of(services, "shopify/dispute/3100000000001")
    assert [(one.department, one.open, one.outcome) for one in case.tasks] == [("finance", outcome is None, outcome)]


def test_a_dispute_is_an_urgent_complaint_with_a_task_for_finance_by_the_banks_own_time() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    receipt = process(services, shopify(services, "disputes-create"))
    process(services, shopify(services, "disputes-create", delivery="again"))
    case = case_of(services, "shopify/dispute/3100000000001")
    assert (receipt.case, case.type, case.priority) == (case.id, "complaint", "urgent")
    assert [(one.department, one.due_at) for one in case.tasks] == [
        ("finance", parse_instant("2026-12-02T00:00:00+01:00"))
    ]


def dispute(services: FakeServices, **said: Any) -> Receipt:
    body = json.loads(body_of("shopify", "disputes-create")) | said
    services.time += HOUR_MS
    taken = shopify(services, "disputes-update", body=json.dumps(body).encode(), delivery=f"d-{services.time}")
    return process(services, taken)


def test_what_the_bank_takes_up_again_is_another_task_for_finance_and_done_by_itself() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "disputes-create")
    won = {"status": "won", "finalized_on": "2026-11-19"}
    again = {"status": "needs_response", "initiated_at": "2026-11-20T00:00:00Z", "finalized_on": None}
    seen = []
    for said in (won, won, again, again, won | {"finalized_on": "2026-11-20T04:30:00Z"}):
        assert dispute(services, **said).state == "processed"
        seen.append([one.outcome for one in case_of(services, "shopify/dispute/3100000000001").tasks])
    assert seen == [["won"], ["won"], ["won", None], ["won", None], ["won", "won"]]
