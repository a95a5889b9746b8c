"""An export as its person gets it: JSON, in the shapes the API shows staff, described in `docs/privacy.md`."""

from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.aftersales.customer_view import kept_inside, said, said_of
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.customers.views import consents_view, record_view, sale_view
from chalicelib.usecases.cases.event_view import event_view
from chalicelib.usecases.cases.read_case import CaseFile
from chalicelib.usecases.privacy.export_customer import Held

FORMAT = "aftercare-export/1"
STAFF = frozenset({"agent", "assignee"})
"""Fields that name who of the staff did it: that is data of theirs."""


def export_json(held: Held, notes: bool = False) -> bytes:
    """Everything that is held of a person, as one JSON document; what staff wrote among themselves only with `notes`.
    What is left out is counted, and named where it would stand."""
    cases = [_case(file, events, notes) for file, events in held.cases]
    left_out = sum(len(event.get("withheld", ())) for case in cases for event in case["events"])
    told: dict[str, Any] = {
        "format": FORMAT,
        "withheld": {"notes": left_out},
        "records": [record_view(one) | {"consents": consents_view(one)} for one in held.records],
        "happened": [{"type": one.type, "at": format_instant(one.at), "data": one.data} for one in held.happened],
        "orders": [sale_view(sale) for sale in held.orders],
        "cases": cases,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1)


def _case(file: CaseFile, events: list[Event], notes: bool) -> dict[str, Any]:
    shown = file if notes else replace(file, case=said_of(file.case))
    return case_view(shown) | {"events": [_event(event, file.case.id, notes) for event in events]}


def _event(event: Event, case: str, notes: bool) -> dict[str, Any]:
    if notes:
        return event_view(event, case)
    inside, by = kept_inside(event), event.by if event.by.kind == "customer" else Actor(event.by.kind)
    shown = event_view(said(replace(event, by=by)), case)
    shown["data"] = {name: value for name, value in shown["data"].items() if name not in STAFF}
    return shown | ({"withheld": inside} if inside else {})
