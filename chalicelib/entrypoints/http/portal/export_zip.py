"""The file of an export: JSON in the same shapes as the API shows staff, as `docs/privacy.md` describes."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.customers.views import consents_view, order_view, record_view

if TYPE_CHECKING:
    from chalicelib.domain.cases.events import Event
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.privacy.export_customer import PersonalData

FORMAT = "aftercare-export/1"
STAFF_FIELDS = frozenset({"agent", "assignee", "mentions"})
"""Fields with names of staff, which are staff's personal data."""


def export_json(data: "PersonalData", notes: bool = False) -> bytes:
    """All data about a customer as one JSON document; staff's internal notes only with `notes`. Fields that are left
    out are counted, and named where they would be; of internal events not even the place is shown."""
    cases = [_case(file, events, notes) for file, events in data.cases]
    withheld = sum(len(event.get("withheld", ())) for case in cases for event in case["events"])
    withheld += 0 if notes else sum(_count_internal(events) for _, events in data.cases)
    document: dict[str, Any] = {
        "format": FORMAT,
        "withheld": {"notes": withheld},
        "records": [record_view(record) | {"consents": consents_view(record)} for record in data.records],
        "happened": [
            {"type": event.type, "at": format_instant(event.at), "data": event.data} for event in data.happened
        ],
        "orders": [order_view(order_record) for order_record in data.orders],
        "cases": cases,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _case(file: "CaseFile", events: "list[Event]", notes: bool) -> dict[str, Any]:
    from chalicelib.domain.aftersales.customer_view import visible_case

    visible = file if notes else replace(file, case=visible_case(file.case))
    shown = [event for event in events if notes or not event.fact.internal]
    return case_view(visible) | {"events": [_event(event, file.case.id, notes) for event in shown]}


def _count_internal(events: "list[Event]") -> int:
    """How many filled fields of internal events are left out."""
    from chalicelib.domain.aftersales.customer_view import withheld_fields

    return sum(len(withheld_fields(event)) for event in events if event.fact.internal)


def _event(event: "Event", case: str, notes: bool) -> dict[str, Any]:
    from chalicelib.domain.aftersales.customer_view import visible_event, withheld_fields
    from chalicelib.usecases.cases.event_view import event_view

    if notes:
        return event_view(event, case)
    withheld = withheld_fields(event)
    by = event.by if event.by.kind == "customer" else Actor(event.by.kind)
    view = event_view(visible_event(replace(event, by=by)), case)
    view["data"] = {name: value for name, value in view["data"].items() if name not in STAFF_FIELDS}
    return view | ({"withheld": withheld} if withheld else {})
