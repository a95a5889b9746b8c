"""After an event: create a delivery to each of the shop's endpoints that receives its type."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.webhooks_out.endpoint import EVERY, public_event_type
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_sent(change: Change, event: Event) -> bool:
    """Whether an endpoint of the shop receives this event; none receives an internal one.

    The opening always counts, because the events that arrived before it are delivered with it.
    """
    wanted, case = change.shop.sends, change.after.case
    if not wanted or case is None or case.historical or event.fact.internal:
        return False
    return wanted == (EVERY,) or isinstance(event.fact, CaseOpened) or public_event_type(event.type) in wanted


def plan(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Create the deliveries; their ids."""
    from chalicelib.usecases.cases.event_view import event_view
    from chalicelib.usecases.webhooks_out.deliver import plan_deliveries

    return plan_deliveries(services, stored.key, stored.order, event_view)


FOLLOW_UPS = (FollowUp("plan deliveries", "deliveries", is_sent, plan),)
