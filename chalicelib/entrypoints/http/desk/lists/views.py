"""Rows and counts of the desk as the API shows them."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.fields import time_view

if TYPE_CHECKING:
    from chalicelib.domain.desk.bulk import Outcome
    from chalicelib.domain.desk.promises import Promise
    from chalicelib.usecases.desk.count_views import Count
    from chalicelib.usecases.desk.rows import Row


def row_view(row: "Row") -> dict[str, Any]:
    """A case in a list."""
    return {
        "id": row.id,
        "number": row.number,
        "subject": row.subject,
        "type": row.type,
        "channel": row.channel,
        "language": row.language,
        "status": row.status,
        "priority": row.priority,
        "tier": row.tier,
        "tags": list(row.tags),
        "assignee": row.assignee,
        "team": row.team,
        "customer": {"id": row.customer, "name": row.customer_name, "segment": row.segment},
        "turn": row.turn,
        "snoozed": row.snoozed,
        "promise": _promise(row.promise) if row.promise else None,
        "opened_at": format_instant(row.opened_at),
        "updated_at": format_instant(row.updated_at),
        "version": row.version,
        "unread": row.unread,
    }


def _promise(promise: "Promise") -> dict[str, Any]:
    return {"name": promise.name, "due_at": time_view(promise.due_at), "state": promise.state, "why": promise.why}


def count_view(count: "Count") -> dict[str, Any]:
    """The number of cases in a view."""
    return {"view": count.view, "count": count.count, "more": count.more}


def outcome_view(outcome: "Outcome") -> dict[str, Any]:
    """What came of a command for one of many cases."""
    return {
        "case": outcome.case,
        "number": outcome.number,
        "state": outcome.state,
        "why": outcome.why,
        "reason": outcome.reason,
    }
