"""What ends the snooze of a case, and which promises it would outlast."""

from collections.abc import Iterable

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MessageReceived
from chalicelib.domain.casework.facts import SnoozeEnded, SnoozeEvent, WhyEnded
from chalicelib.domain.casework.parts import Snooze, snooze_of
from chalicelib.domain.flows.facts import FlowMoved, MoneyDone, TaskDone
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.sla.clocks import Clock

MOVES: dict[str, SnoozeEvent] = {
    "scan": "parcel_scanned",
    "receive": "parcel_received",
    "complete": "refund_completed",
}
"""The moves of a flow that a snoozed case can wait for."""


def snooze_end(before: Case | None, after: Case | None, new_events: Iterable[Event]) -> SnoozeEnded | None:
    """The event that follows at once from new ones on a snoozed case; None if it stays snoozed, or was not.

    Whatever it waits for, it does not sleep while its customer writes or a promise was broken.
    """
    snooze = snooze_of(before) if before is not None else None
    if before is None or after is None or snooze is None or snooze.since is None:
        return None
    if after.parts.get(Snooze.name, {}).get("since") != snooze.since:
        return None
    why = _why(snooze, before, after, [event.fact for event in new_events])
    return SnoozeEnded(why=why, since=snooze.since) if why is not None else None


def _why(snooze: Snooze, before: Case, after: Case, facts: list[Fact]) -> WhyEnded | None:
    happened = {event_of(fact) for fact in facts}
    if "customer_message" in happened:
        return "customer_message"
    if snooze.event is not None and snooze.event in happened:
        return snooze.event
    return "escalated" if after.tier > before.tier else None


def event_of(fact: Fact) -> SnoozeEvent | None:
    """What a fact is to a case that waits for it; None if nobody waits for such a fact."""
    if isinstance(fact, MessageReceived):
        return "customer_message"
    if isinstance(fact, MoneyDone):
        return "refund_completed"
    if isinstance(fact, TaskDone):
        return "task_done"
    return MOVES.get(fact.move) if isinstance(fact, FlowMoved) else None


def clocks_that_break(case: Case, snooze: Snooze) -> tuple[Clock, ...]:
    """The running clocks that are due before the snooze ends; all of them if it has no time."""
    running = (clock for clock in case.clocks if clock.state == "running" and clock.due_at is not None)
    return tuple(clock for clock in running if snooze.until is None or (clock.due_at or 0) <= snooze.until)
