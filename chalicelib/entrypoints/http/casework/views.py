"""Timelines, related cases and snoozes as the API shows them. `docs/api.md` describes each field."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.usecases.cases.event_view import event_view

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.usecases.casework.read_related import RelatedCase
    from chalicelib.usecases.casework.read_timeline import TimelineEntry


def entry_view(entry: "TimelineEntry") -> dict[str, Any]:
    """An event with the number of the case on which it happened."""
    return event_view(entry.event, entry.case.id) | {"number": entry.case.number}


def related_view(related: "RelatedCase") -> dict[str, Any]:
    """Another case, and what it is to this one."""
    return {
        "relation": related.relation,
        "id": related.case.id,
        "number": related.case.number,
        "subject": related.subject,
        "type": related.case.type,
        "status": related.case.status,
        "opened_at": format_instant(related.case.opened_at),
    }


def snooze_view(case: "Case") -> dict[str, Any] | None:
    """How the case is snoozed, with the promises that break before it ends; None if it is not."""
    from chalicelib.domain.casework.parts import snooze_of
    from chalicelib.domain.casework.snoozing import clocks_that_break

    snooze = snooze_of(case)
    if snooze is None:
        return None
    return {
        "since": time_view(snooze.since),
        "by": snooze.by,
        "until": time_view(snooze.until),
        "event": snooze.event,
        "breaks": [
            {"clock": clock.name, "due_at": time_view(clock.due_at)} for clock in clocks_that_break(case, snooze)
        ],
    }
