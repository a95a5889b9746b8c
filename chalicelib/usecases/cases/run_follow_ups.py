"""Follow-ups of events: planned with the change that stores the events, and run by the queues' workers."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chalicelib.usecases.ports.cases import Change, RetryLater
from chalicelib.usecases.ports.registries import QUEUES, EventInCase, FollowUp, FollowUpOutcome, FollowUpQueue

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def plan_follow_ups(follow_ups: Iterable[FollowUp], change: Change) -> Mapping[str, tuple[str, ...]]:
    """The queues to which each event of a change is sent, by the event's order; without events that no follow-up
    wants."""
    queues_by_event = {}
    for event in change.events:
        wanted = {follow_up.queue for follow_up in follow_ups if follow_up.wants(change, event)}
        if wanted:
            queues_by_event[event.order] = tuple(queue for queue in QUEUES if queue in wanted)
    return queues_by_event


def run_follow_ups(services: "Services", queue: FollowUpQueue, key: str, order: str) -> dict[str, FollowUpOutcome]:
    """Run all follow-ups of this queue for the event with this order; their outcomes by name.

    A follow-up that fails does not stop the others. Its error is raised after all of them ran, so that the message is
    retried.
    """
    stored = EventInCase(services, key, order)
    outcomes: dict[str, FollowUpOutcome] = {}
    errors: list[Exception] = []
    for follow_up in services.registries.follow_ups:
        if follow_up.queue == queue:
            try:
                outcomes[follow_up.name] = follow_up.handle(services, stored)
            except Exception as error:
                errors.append(error)
    if errors:
        raise next((error for error in errors if not isinstance(error, RetryLater)), errors[0])
    return {name: outcome for name, outcome in outcomes.items() if outcome is not None}
