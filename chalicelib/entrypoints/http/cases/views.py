"""Cases and receipts as the API shows them. `docs/api.md` describes each field."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.triage.parts import is_typed
from chalicelib.entrypoints.http.aftersales.views import (
    flow_view,
    money_view,
    order_money_view,
    task_view,
)
from chalicelib.entrypoints.http.casework.views import snooze_view
from chalicelib.entrypoints.http.fields import time_view
from chalicelib.entrypoints.http.side_conversations.views import sides_view
from chalicelib.usecases.cases.event_view import order_view

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.customers.customer import Customer
    from chalicelib.domain.sla.clocks import Clock
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.ports.intake import Receipt


def case_view(file: "CaseFile") -> dict[str, Any]:
    """A case with its customer and order."""
    case = file.case
    return {
        "id": case.id,
        "number": case.number,
        "shop": case.shop,
        "external_id": case.external_id,
        "type": case.type,
        "typing": _typing(case),
        "channel": case.channel,
        "status": case.status,
        "priority": case.priority,
        "subject": file.subject,
        "language": case.language,
        "customer": _customer(case, file.customer),
        "order": order_view(file.order) if file.order else None,
        "assignee": case.assignee,
        "team": case.team,
        "tier": case.tier,
        "tags": list(case.tags),
        "opened_at": format_instant(case.opened_at),
        "first_reply_at": time_view(case.first_reply_at),
        "resolved_at": time_view(case.resolved_at),
        "closed_at": time_view(case.closed_at),
        "reopened": case.reopened,
        "clocks": [_clock(clock) for clock in case.clocks],
        "satisfaction": _satisfaction(case),
        "evidence": [*case.evidence, *(case.flow.evidence if case.flow else ())],
        "flow": flow_view(file.case),
        "money": [money_view(given) for given in case.money],
        "order_money": order_money_view(file.counted) if file.counted else None,
        "tasks": [task_view(task) for task in case.tasks],
        "side_conversations": sides_view(file),
        "historical": case.historical,
        "links": list(case.links),
        "merged_into": case.merged_into,
        "merged": list(merged_cases(case)),
        "snooze": snooze_view(case),
        "version": file.version,
    }


def _typing(case: "Case") -> dict[str, Any] | None:
    if not is_typed(case):
        return None
    from chalicelib.entrypoints.http.triage.views import case_typing_view  # a case that comes with its type needs none

    return case_typing_view(case)


def _clock(clock: "Clock") -> dict[str, Any]:
    return {
        "name": clock.name,
        "state": clock.state,
        "target": clock.target,
        "started_at": format_instant(clock.started_at),
        "due_at": time_view(clock.due_at),
        "stopped_at": time_view(clock.stopped_at),
        "calendar": clock.calendar,
    }


def _customer(case: "Case", customer: "Customer | None") -> dict[str, Any]:
    if customer is None:
        return {"id": case.customer, "external_id": None, "name": None, "email": None, "phone": None, "language": None}
    return {
        "id": customer.id,
        "external_id": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "language": customer.language,
    }


def _satisfaction(case: "Case") -> dict[str, Any] | None:
    if not case.satisfaction.answers:
        return None
    last = case.satisfaction.answers[-1]
    return {"csat": last.csat, "nps": last.nps, "ces": last.ces, "answered_at": format_instant(last.at)}


def receipt_view(receipt: "Receipt") -> dict[str, Any]:
    """A receipt."""
    return {
        "id": receipt.id,
        "shop": receipt.shop,
        "source": receipt.source,
        "type": receipt.type or None,
        "state": receipt.state,
        "case": receipt.case,
        "attempts": receipt.attempts,
        "reason": receipt.reason,
        "received_at": format_instant(receipt.received_at),
    }
