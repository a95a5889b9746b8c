"""Follow-ups of events: planned with the change that stores the events, and run by the queues' workers."""

from collections.abc import Iterable, Mapping

from chalicelib.usecases.ports import Change, RetryLater
from chalicelib.usecases.ports.follow_ups import QUEUES, EventInCase, FollowUp, FollowUpOutcome, FollowUpQueue
from chalicelib.usecases.ports.services import Services


def plan_follow_ups(follow_ups: Iterable[FollowUp], change: Change) -> Mapping[str, tuple[str, ...]]:
    """The queues that are to hear of each event of a change, by the event's order; nothing of an event nobody wants."""
    planned = {}
    for event in change.events:
        wanted = {follow_up.queue for follow_up in follow_ups if follow_up.wants(change, event)}
        if wanted:
            planned[event.order] = tuple(queue for queue in QUEUES if queue in wanted)
    return planned


def run_follow_ups(services: Services, queue: FollowUpQueue, key: str, order: str) -> dict[str, FollowUpOutcome]:
    """Do all that this queue's follow-ups make of the event with this order; what became of it, by their names.

    One that fails keeps no other from its work: its error is raised when all were tried, and the message comes again.
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
