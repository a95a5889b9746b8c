"""The table and the fakes relay the same follow-ups of a change."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.usecases.cases.append_events import append_events
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import CUSTOMER, KEY, happened, opened

CHANGES = [
    [opened(kind="complaint", claim=None, customer=CUSTOMER)],
    [happened(1, FlowMoved(move="acknowledge"))],
    [happened(2, FlowMoved(move="propose", amount=Money("30.00", "CNY")))],
    [happened(3, facts.NoteAdded(message="?")), happened(3, FlowMoved(move="accept"))],
    [happened(4, SurveyAnswered(csat=1)), happened(4, facts.CaseEscalated(from_tier=0, to_tier=1, reason="up"))],
    [happened(5, facts.StatusChanged(status="waiting_internal")), happened(6, facts.NoteAdded(message="?"))],
]


def lived(services: Any, shop: Shop) -> None:
    for change in CHANGES:
        decide: Callable[[Any], list[Event]] = lambda _, change=change: change  # type: ignore[misc]  # noqa: E731
        append_events(services, shop, KEY, decide)


def test_the_table_and_the_fakes_agree_on_the_queues_of_each_event(services: AwsServices) -> None:
    services.now = lambda: NOON  # type: ignore[method-assign]
    found = services.shops.shop("demo", fresh=True)
    assert found is not None
    shop = replace(found, routes=True, sends=("flow.moved", "case.opened"))
    fakes = FakeServices()
    lived(services, shop)
    lived(fakes, replace(SHOP, routes=True, sends=shop.sends))
    items = services.table.query(keys.case(KEY), between=("E#", "E$"))
    stored = {item["sk"].removeprefix("E#"): item.get("relay") for item in items}
    queues_of_table: dict[str, list[str]] = {}
    for queue, _, order in fakes.cases.relayed:
        queues_of_table.setdefault(order, []).append(queue)
    assert {order: relay for order, relay in stored.items() if relay} == {
        order: ",".join(queues) for order, queues in queues_of_table.items()
    }
    assert stored["0"] == "notices,deliveries,routing,search,live"
    assert "notices,intake,deliveries,live" in stored.values()
    assert None in stored.values()
