"""Two cases of one customer, and what agents do with them."""

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.casework.payloads import MergeInto, Split, Unmerge
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.casework import merge_cases, split_case
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import about, request

FIRST, SECOND = case_key(SHOP.id, "web-1"), case_key(SHOP.id, "web-2")


def two_cases(services: FakeServices, **changes: Any) -> None:
    """The customer asked two questions, the second five minutes after the first."""
    services.hook("case.requested", request(type="question"))
    services.time = NOON + 5 * MINUTE_MS
    later = about(5)["occurred_at"]
    services.hook("case.requested", request(type="question", external_id="web-2", occurred_at=later) | changes)


def merge(services: FakeServices, source: str = SECOND, target: str = FIRST, **more: Any) -> Case:
    """An agent merges one case into the other; the merged case."""
    body = MergeInto(into=case_in(services, target).id, **more)
    merge_cases.merge(services, command(services, key=source), body)
    return case_in(services, source)


def unmerge(services: FakeServices, source: str = SECOND, target: str = FIRST) -> Case:
    """An agent takes the case out again; it after that."""
    body = Unmerge(case=case_in(services, source).id)
    merge_cases.unmerge(services, command(services, key=target), body)
    return case_in(services, source)


def split(services: FakeServices, events: Sequence[str], key: str = FIRST, **more: Any) -> Case:
    """An agent takes these messages to a new case; that case."""
    split_case.split(
        services, command(services, key=key), Split(events=tuple(events), subject="Another matter", **more)
    )
    return case_in(services, key_of_id(case_in(services, key).links[-1]))


def write(services: FakeServices, text: str, minutes: float, external_id: str = "web-1") -> Event:
    """The customer writes on a case, as the shop reports it at once; the event."""
    services.time = max(services.time, NOON + round(minutes * MINUTE_MS))
    services.hook(
        "message.received", about(minutes, author="customer", message=text) | {"case_external_id": external_id}
    )
    events = services.cases.events(case_key(SHOP.id, external_id))
    return next(event for event in events if getattr(event.fact, "message", "") == text)


def run_intake(services: FakeServices) -> None:
    """Run what was relayed to the intake worker, twice each, as queues deliver at least once."""
    while services.cases.relayed:
        queue, key, order = services.cases.relayed.pop(0)
        if queue == "intake":
            run_follow_ups(services, "intake", key, order)
            run_follow_ups(services, "intake", key, order)


def faults(services: FakeServices) -> list[str]:
    """What the audit finds in all cases."""
    return [fault for stored in list(services.cases.stored.values()) for fault in audit_case(services, stored)]
