"""What the shop answers about money comes behind its being asked, however far behind the shop's clock is."""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import MoneyApproved, MoneyDone, MoneyFailed, MoneyProposed, MoneyRequested
from chalicelib.domain.kernel.ids import key_of_id, new_id
from chalicelib.domain.kernel.timestamps import Instant


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
