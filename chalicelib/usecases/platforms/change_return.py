"""Update the case of a return: other items go back, or items are sent in exchange."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.orders.order import Order
from chalicelib.domain.platforms.events import ReturnLine, items_of
from chalicelib.usecases.platforms.return_events import ReturnCase, ReturnFacts, append_to_return

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops

    class ChangeReturnServices(HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `change_return` uses."""


NOT_FETCHED = "changed on the platform, but the platform's API cannot be called or does not have it"


def update_items(
    services: "ChangeReturnServices", about: ReturnCase, case: Case, lines: tuple[ReturnLine, ...] | None
) -> str | None:
    """Set the items that go back to the fetched lines, as of now and not of the time of the platform's update. The
    lines are fetched because an update only has the removed items, by ids that we do not store. Returns the reason
    if there is no effect, because the lines could not be fetched."""
    if lines is None:
        return NOT_FETCHED
    order = services.cases.opening([about.key])[about.key].order or Order("")
    record = services.order_records.load(about.shop.id, order.external_id)
    items = items_of(lines, record.order if record and record.order.items else order)
    if items and case.flow is not None and _quantities(case.flow.items) != _quantities(items):
        change = ReturnFacts(facts=[FlowMoved(move="change", items=items)], identity=("changed", about.receipt.id))
        append_to_return(services, about.as_of_now(services), change)
    return None


def convert_to_exchange(services: "ChangeReturnServices", about: ReturnCase, case: Case) -> int:
    """Convert the return to an exchange if its flow allows that. Returns the number of facts appended."""
    flow = case.flow
    if flow is None or flow.kind != "return" or flow.state not in ("requested", "approved"):
        return 0
    claim = Claim(reason=flow.reason, items=flow.items, evidence=flow.evidence)
    facts: list[Fact] = [
        FlowMoved(move="close"),
        FlowStarted(kind="exchange", claim=claim, rulings=flow.rulings, bought=flow.bought),
    ]
    append_to_return(services, about, ReturnFacts(facts=facts, identity=("exchange",)))
    return len(facts)


def _quantities(items: tuple[FlowItem, ...]) -> dict[str, int]:
    return {item.sku: item.quantity for item in items}
