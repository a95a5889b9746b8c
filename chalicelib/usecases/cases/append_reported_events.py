"""Append to a case the events that a webhook reports of it. Events of a case that did not come yet wait for it."""

from collections.abc import Iterable
from functools import partial

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import MoneyApproved, MoneyDone, MoneyFailed, MoneyProposed, MoneyRequested
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import case_key, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, format_instant, from_datetime, happened_at
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import ORPHAN_DAYS, append_events
from chalicelib.usecases.cases.open_linked_cases import open_linked_cases
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.intake import Incoming, Outcome
from chalicelib.usecases.ports.services import Services


class Reported(Struct, frozen=True):
    """What is reported of a case, and who did it. `by_customer`: the customer's own words, which are live when they
    are heard, whenever they were written."""

    by: Actor
    facts: list[Fact]
    by_customer: bool = False


def append_reported_events(
    services: Services, shop: Shop, data: CaseEvent, incoming: Incoming, reported: Reported
) -> Outcome:
    """Append what `data` reports, once, however often and in whatever order it is reported."""
    receipt, key = incoming.receipt, case_key(shop.id, data.case_external_id)
    happened = _events_of(data, incoming, reported, key)
    decide = partial(_not_known_yet, services, happened, receipt)
    stored = append_events(services, shop, key, decide, seen=incoming.seen)
    if stored.case is None:
        return _waits(services, key, receipt, data)
    open_linked_cases(services, shop, stored)
    return Outcome("processed", stored.case.id)


def _not_known_yet(services: Services, happened: list[Event], receipt: Receipt, stored: StoredCase) -> list[Event]:
    """Those of the events that the case does not have yet."""
    claimed = max(event.claimed_at or event.at for event in happened)
    if claimed > stored.claimed and all(event.order > stored.last for event in happened):
        return happened
    known = services.cases.events(stored.key)
    keys = {key_of_id(event.id) for event in known}
    return [event for event in order_answers(happened, known, receipt.received_at) if key_of_id(event.id) not in keys]


def _waits(services: Services, key: str, receipt: Receipt, data: CaseEvent) -> Outcome:
    if all(event.receipt != receipt.id for event in services.cases.events(key)):
        return Outcome("ignored", reason="the same event came before and waits for its case")
    until = format_instant(receipt.received_at + ORPHAN_DAYS * DAY_MS)
    return Outcome("stored", reason=f"waits until {until} for case {data.case_external_id!r}, which nobody told of yet")


def _events_of(data: CaseEvent, incoming: Incoming, reported: Reported, key: str) -> list[Event]:
    """The events of a report: known again by the time that was claimed, folded no later than they were heard."""
    received_at = incoming.receipt.received_at
    at = happened_at(data.occurred_at, received_at)
    claimed = from_datetime(data.occurred_at) if data.occurred_at else received_at
    same = (str(claimed), _digest(data))
    made = [
        events.event(
            at,
            reported.by,
            fact,
            key,
            incoming.type,
            str(fact.__struct_config__.tag),
            *same,
            receipt=incoming.receipt.id,
            claimed=claimed,
        )
        for fact in reported.facts
    ]
    return [replace(event, heard_at=received_at) for event in made] if reported.by_customer else made


def _digest(data: CaseEvent) -> str:
    """A text that is the same for the same data, however it was written. When it happened is told apart."""
    return msgspec.json.encode(replace(data, occurred_at=None), order="deterministic").decode()


def order_answers(told: list[Event], known: Iterable[Event], heard: Instant) -> list[Event]:
    """What one delivery told, no earlier than the last thing that was done about its money before it was heard: an
    answer is never before its question. What was done after that is no question it could know of."""
    answered = {event.fact.money for event in told if isinstance(event.fact, MoneyDone | MoneyFailed)}
    asked = [
        event.at
        for event in known
        if isinstance(event.fact, MoneyProposed | MoneyApproved | MoneyRequested)
        and event.fact.money in answered
        and event.at <= heard
    ]
    return [_at(event, max([event.at, *asked])) for event in told]


def _at(event: Event, at: Instant) -> Event:
    return event if event.at == at else replace(event, at=at, id=new_id(at, key_of_id(event.id)))
