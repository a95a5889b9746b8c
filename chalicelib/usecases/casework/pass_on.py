"""What is said on a merged case is passed on to the case that it is in, once."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.reported.open_linked_cases import open_linked_cases
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

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

    class PassOnServices(HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `pass_on` uses."""


PASSED_ON = (MessageReceived, NoteAdded, ReplySent)
"""The facts that are passed on: what is said between customer, shop and others."""


def moved_copy(event: Event, source: Case, target_key: str) -> Event:
    """The event as the case with `target_key` has it: its id follows from the original, so it is stored there once."""
    assert isinstance(event.fact, PASSED_ON)
    copy = events.event(event.at, event.by, event.fact, target_key, "moved", event.id, receipt=event.receipt)
    return replace(copy, fact=replace(event.fact, moved_from=source.id), heard_at=event.heard_at)


def pass_on(services: "PassOnServices", source: Case, event: Event) -> str | None:
    """Pass the event on; the id of the case that has it now. None if the case is not merged any more."""
    if source.merged_into is None:
        return None
    key = key_of_id(source.merged_into)
    copy = moved_copy(event, source, key)
    before: StoredCase | None = None

    def decide(target: StoredCase) -> list[Event]:
        nonlocal before
        is_still_merged = target.case is not None and source.id in merged_cases(target.case)
        if not is_still_merged or services.cases.events_at(key, [copy.order]):
            return []
        before = target
        return [copy]

    shop = shop_of(services, source.shop, fresh=False)
    stored = append_events(services, shop, key, decide)
    open_linked_cases(services, shop, stored, before)
    return source.merged_into
