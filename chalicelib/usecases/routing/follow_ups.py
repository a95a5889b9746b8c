"""What routing does after a change: look who gets the case, or what an agent who has room again gets."""

from chalicelib.domain.cases.events import Event
from chalicelib.domain.routing.routing import needs_agent, routing_request
from chalicelib.usecases.ports import Change
from chalicelib.usecases.ports.follow_ups import EventInCase, FollowUp, FollowUpOutcome
from chalicelib.usecases.ports.services import Services


def is_last_and_moves_agents(change: Change, event: Event) -> bool:
    """Whether the change moves agents; its last event says so for all of them."""
    return event is change.events[-1] and moves_agents(change)


def moves_agents(change: Change) -> bool:
    """Whether somebody is to look who gets this case, or what an agent who has room again gets."""
    before, after = change.before.case, change.after.case
    if not change.shop.routes or after is None or after.historical:
        return False
    freed = (
        before is not None and before.routing.held_by is not None and after.routing.held_by != before.routing.held_by
    )
    rose = before is not None and after.routing.held_by is not None and after.tier > before.tier
    key = change.before.key
    other = (
        before is not None
        and before.routing.queued
        and after.routing.queued
        and routing_request(key, before) != routing_request(key, after)
    )
    return freed or rose or bool(other) or (needs_agent(after) and not needs_agent(before))


def assign(services: Services, stored: EventInCase) -> FollowUpOutcome:
    """Give the case to an agent or to the queue, then what waits to whom it fits."""
    from chalicelib.usecases.routing.assign_case import assign_case

    return assign_case(services, stored.key)


FOLLOW_UPS = (FollowUp("assign the case", "routing", is_last_and_moves_agents, assign),)
