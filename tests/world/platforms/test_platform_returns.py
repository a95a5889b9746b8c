"""Shopify's events of returns, as they were observed: the case and its flow come out right."""

import json
from typing import Any

import msgspec
import pytest

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import NOON, FakeServices
from tests.support.platforms.platform_webhooks import ORDER_BODY
from tests.support.platforms.signatures import platform_signature
from tests.support.world.rows import rows

KEY = case_key("demo", "shopify/return/91")
PLAIN = {
    "id": 91,
    "admin_graphql_api_id": "gid://shopify/Return/91",
    "order": {"id": 51},
    "name": "#1-R1",
    "total_return_line_items": None,
    "exchange_line_items": [],
    "return_line_items": [
        {"id": 7, "fulfillment_line_item": {"id": 8, "line_item": {"id": 1}}, "quantity": 2, "return_reason": "style"}
    ],
}
STATUS = {"request": "requested", "approve": "open", "decline": "declined", "close": "closed", "cancel": "canceled"}


def send(services: FakeServices, topic: str, body: dict[str, Any], at: int | None = None) -> str:
    """A webhook as Shopify signs it, triggered so many minutes from now; what became of its receipt."""
    services.time += MINUTE_MS
    raw = json.dumps(body).encode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", raw),
        "X-Shopify-Webhook-Id": f"d-{services.time}",
        "X-Shopify-API-Version": "2026-10",
    } | ({"X-Shopify-Triggered-At": format_instant(NOON + at * MINUTE_MS)} if at is not None else {})
    taken = receive_webhook(services, "demo", "shopify", headers, raw)
    assert taken is not None
    process_receipt(services, taken.receipt.id)
    found = services.receipts.load(taken.receipt.id)
    assert found is not None
    return found.state


def services_of(row: dict[str, Any]) -> FakeServices:
    """Services that know the order, and a platform that answers as the row says."""
    services = FakeServices()
    if "lines" in row:
        services.platforms.returns["91"] = msgspec.convert(row["lines"], tuple[ReturnLine, ...])
    if "returned" in row:
        fields = {"id": "91", "order": "51"} | row["returned"]
        services.platforms.whole_returns["91"] = msgspec.convert(fields, PlatformReturn)
    send(services, "orders/create", ORDER_BODY | {"customer": {"id": 7, "email": "ines@example.org"}})
    return services


def send_event(services: FakeServices, event: dict[str, Any]) -> str | None:
    if "moves" in event:
        for move in event["moves"]:
            name, _, outcome = move.partition(" ")
            case = services.cases.load(KEY).case
            assert case is not None
            command = Command(case=case.id, shop="demo", by=Actor("agent", "mei"))
            services.time += MINUTE_MS
            transition_flow(services, command, name, MoveIn(outcome=outcome or None, reason="because"))
        return None
    topic = event["topic"]
    if "event" in event:
        kind, _, action = topic.partition("/")
        changed = {"updated": ["return[id: 'gid://shopify/Return/91'].status"]}
        return send(services, "", {"topic": kind, "action": action, "fields_changed": changed})
    plain = {} if event.get("only") else PLAIN | {"status": STATUS.get(topic.partition("/")[2])}
    return send(services, topic, plain | event.get("body", {}), event.get("at"))


def seen(services: FakeServices, case: Case, last: str | None) -> dict[str, Any]:
    flow = case.flow
    assert flow is not None
    moves = sorted(services.cases.events(KEY), key=lambda event: event.order)
    return {
        "state": flow.state,
        "kind": flow.kind,
        "status": case.status,
        "reason": flow.reason,
        "receipt": last,
        "items": {one.sku: one.quantity for one in flow.items},
        "moves": [one.fact.move for one in moves if isinstance(one.fact, FlowMoved)],
        "says": services.cases.opening([KEY])[KEY].message,
        "tracking": flow.shipments[-1].tracking if flow.shipments else None,
    }


@pytest.mark.parametrize("row", rows("platform_returns"))
def test_what_a_platform_tells_of_a_return(row: dict[str, Any]) -> None:
    services, last = services_of(row), None
    for event in row["events"]:
        last = send_event(services, event)
    case = services.cases.load(KEY).case
    assert case is not None
    found = seen(services, case, last)
    assert {name: found[name] for name in row["want"]} == row["want"]
