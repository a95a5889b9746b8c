"""Append to a case what is reported of it by webhook. Events that come before their case is opened wait for it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import MoneyApproved, MoneyDone, MoneyFailed, MoneyProposed, MoneyRequested
from chalicelib.domain.kernel.ids import case_key, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, format_instant
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.cases.plan_change import ORPHAN_DAYS
from chalicelib.usecases.cases.reported.open_linked_cases import open_linked_cases
from chalicelib.usecases.cases.reported.reported_events import Reported, reported_events
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Incoming, Outcome, Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class ReportToCaseServices(HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `report_to_case` uses."""


ANSWERS = MoneyDone | MoneyFailed
"""The facts that answer a request for money."""


def append_reported_events(
    services: "ReportToCaseServices", shop: Shop, data: CaseEvent, incoming: Incoming, reported: Reported
) -> Outcome:
    """Append the reported facts once, however often and in whatever order they are reported."""
    receipt, written = incoming.receipt, list[Event]()
    key = case_key(shop.id, data.case_external_id)
    new_events = reported_events(receipt, data, reported, key)
    before: StoredCase | None = None

    def decide(stored: StoredCase) -> list[Event]:
        nonlocal before
        missing = _not_stored_yet(services, new_events, receipt, stored)
        before = stored if missing else None
        return missing

    stored = append_events(services, shop, key, decide, Conditions(seen=incoming.seen, committed=written.extend))
    if stored.case is None:
        return _waiting(services, key, receipt, data, new_events)
    open_linked_cases(services, shop, stored, before)
    return Outcome("processed", stored.case.id, events=tuple(written))


def _not_stored_yet(
    services: "ReportToCaseServices", new_events: list[Event], receipt: Receipt, stored: StoredCase
) -> list[Event]:
    """Those of the events that are not stored yet. They are looked for by their keys, unless their times may differ
    from those they were stored with: after a future time was claimed, and of answers to a request for money."""
    if max(event.claimed_at or event.at for event in new_events) > stored.claimed:
        if all(event.order > stored.last for event in new_events):
            return new_events
        if not any(isinstance(event.fact, ANSWERS) for event in new_events):
            return _without(new_events, _with_same_keys(services, stored.key, new_events))
    stored_events = services.cases.events_to_fold(stored)
    return _without(order_answers(new_events, stored_events, receipt.received_at), stored_events)


def _with_same_keys(services: "ReportToCaseServices", key: str, new_events: list[Event]) -> list[Event]:
    return services.cases.events_at(key, [event.order for event in new_events])


def _without(new_events: list[Event], stored_events: list[Event]) -> list[Event]:
    stored_keys = {key_of_id(event.id) for event in stored_events}
    return [event for event in new_events if key_of_id(event.id) not in stored_keys]


def _waiting(
    services: "ReportToCaseServices", key: str, receipt: Receipt, data: CaseEvent, new_events: list[Event]
) -> Outcome:
    """The outcome for events whose case has not been opened."""
    stored_events = _with_same_keys(services, key, new_events) or services.cases.events(key)
    if all(event.receipt != receipt.id for event in stored_events):
        return Outcome("ignored", reason="the same event came before and waits for its case")
    until = format_instant(receipt.received_at + ORPHAN_DAYS * DAY_MS)
    return Outcome("stored", reason=f"waits until {until} for case {data.case_external_id!r}, which is not open yet")


def order_answers(reported: list[Event], stored_events: Iterable[Event], received_at: Instant) -> list[Event]:
    """The reported events, each no earlier than the last request that it may answer: what was stored about the same
    money until the report was received. The outcome of a payment cannot come before its request."""
    answered = {event.fact.money for event in reported if isinstance(event.fact, ANSWERS)}
    requested_at = [
        event.at
        for event in stored_events
        if isinstance(event.fact, MoneyProposed | MoneyApproved | MoneyRequested)
        and event.fact.money in answered
        and event.at <= received_at
    ]
    return [_moved_to(event, max([event.at, *requested_at])) for event in reported]


def _moved_to(event: Event, occurred_at: Instant) -> Event:
    if event.at == occurred_at:
        return event
    return replace(event, at=occurred_at, id=new_id(occurred_at, key_of_id(event.id)))
