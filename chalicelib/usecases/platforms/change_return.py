"""Bring a return's case up to date: other things go back, or other things are sent for them."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.orders.order import Order
from chalicelib.domain.platforms.events import ReturnLine, items_of
from chalicelib.usecases.platforms.return_events import Happened, ReturnCase, append_to_return
from chalicelib.usecases.ports.services import Services

UNASKED = "the platform changed it and was not asked what it is now: it cannot be, or does not know"


def change_items(services: Services, about: ReturnCase, case: Case, lines: tuple[ReturnLine, ...] | None) -> str | None:
    """What goes back by now, asked anew: an update says what was taken away, by ids that nobody keeps. It is so now,
    not when the update was sent. Why nothing follows, where the platform was not asked."""
    if lines is None:
        return UNASKED
    order = services.cases.opening([about.key])[about.key].order or Order("")
    record = services.order_records.load(about.shop.id, order.external_id)
    items = items_of(lines, record.order if record and record.order.items else order)
    if items and case.flow is not None and _counted(case.flow.items) != _counted(items):
        changed = Happened(facts=[FlowMoved(move="change", items=items)], identity=("changed", about.receipt.id))
        append_to_return(services, about.at_once(services), changed)
    return None


def make_exchange(services: Services, about: ReturnCase, case: Case) -> int:
    """A return becomes an exchange when other things are to be sent for those that come back; how many facts say so."""
    flow = case.flow
    if flow is None or flow.kind != "return" or flow.state not in ("requested", "approved"):
        return 0
    claim = Claim(reason=flow.reason, items=flow.items, evidence=flow.evidence)
    facts: list[Fact] = [
        FlowMoved(move="close"),
        FlowStarted(kind="exchange", claim=claim, rulings=flow.rulings, bought=flow.bought),
    ]
    append_to_return(services, about, Happened(facts=facts, identity=("exchange",)))
    return len(facts)


def _counted(items: tuple[FlowItem, ...]) -> dict[str, int]:
    return {item.sku: item.quantity for item in items}
