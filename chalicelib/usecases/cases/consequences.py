"""The events that follow at once from new ones, and are stored with them."""

from chalicelib.domain.aftersales import case_flow as flow_of_case
from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.casework.snoozing import snooze_end
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.usecases.ports.cases import StoredCase


def consequences_of(before: StoredCase, case: Case | None, new_events: list[Event]) -> list[Event]:
    """The events that follow at once from the new ones: of the case's flow, and the end of its snooze."""
    consequences = (_consequence_of_flow(before, case), _end_of_snooze(before, case, new_events))
    return [event for event in consequences if event is not None]


def _consequence_of_flow(before: StoredCase, case: Case | None) -> Event | None:
    """The case is resolved when its flow has ended, or escalated when a proposal was refused."""
    fact = flow_of_case.resolution_of(before.case, case) or flow_of_case.escalation_of(before.case, case)
    if fact is None or case is None or case.flow is None:
        return None
    changed_at = case.flow.since
    return events.event(changed_at, SYSTEM, fact, before.key, "follows", str(changed_at), str(case.flow.refusals))


def _end_of_snooze(before: StoredCase, case: Case | None, new_events: list[Event]) -> Event | None:
    """The case is not snoozed any more, because something happened that it waited for, or that does not wait."""
    fact = snooze_end(before.case, case, new_events)
    if fact is None:
        return None
    ended_at = max(fact.since, *(event.at for event in new_events))
    return events.event(ended_at, SYSTEM, fact, before.key, "snooze ended", str(fact.since))
