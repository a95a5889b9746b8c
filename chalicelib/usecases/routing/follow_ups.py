"""The follow-up of routing: assign the case, or waiting cases to an agent who has room again."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.routing.routing import needs_agent, routing_request
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.registries import EventInCase, FollowUp, FollowUpOutcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def is_last_and_requires_routing(change: Change, event: Event) -> bool:
    """Whether the change requires routing; it is done once for a change, after its last event."""
    return event is change.events[-1] and requires_routing(change)


def requires_routing(change: Change) -> bool:
    """Whether the case may need another agent now, or its earlier agent has room again."""
    before, after = change.before.case, change.after.case
    if not change.shop.routes or after is None or after.historical:
        return False
    if needs_agent(after) and not needs_agent(before):
        return True
    if before is None:
        return False
    was_released = before.routing.held_by is not None and after.routing.held_by != before.routing.held_by
    was_escalated = after.routing.held_by is not None and after.tier > before.tier
    return was_released or was_escalated or _is_other_request(change.before.key, before, after)


def _is_other_request(key: str, before: Case, after: Case) -> bool:
    """Whether a queued case requires something else of its agent than before."""
    if not before.routing.queued or not after.routing.queued:
        return False
    return routing_request(key, before) != routing_request(key, after)


def assign(services: "Services", stored: EventInCase) -> FollowUpOutcome:
    """Assign the case or queue it, then assign waiting cases."""
    from chalicelib.usecases.routing.assign_case import assign_case

    return assign_case(services, stored.key, is_new=stored.order == OPENING)


FOLLOW_UPS = (FollowUp("assign the case", "routing", is_last_and_requires_routing, assign),)
