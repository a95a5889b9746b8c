"""A message that comes long after its case was closed opens a linked case."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import Event, order_of
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived
from chalicelib.domain.cases.transitions import is_live
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.ports.cases import StoredCase

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

    class OpenLinkedCasesServices(HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `open_linked_cases` uses."""


def open_linked_cases(
    services: "OpenLinkedCasesServices", shop: Shop, stored: StoredCase, before: StoredCase | None = None
) -> None:
    """Open a linked case for each message that came more than seven days after the case was closed.

    `before`: the case before the change, if the caller made one. Whoever stored the messages that it has opens their
    cases. Without it, those that have none are looked for, because an earlier attempt may have been interrupted.
    """
    case = stored.case
    earlier = before.case.spilled if before is not None and before.case is not None else ()
    spilled = [identifier for identifier in case.spilled if identifier not in earlier] if case is not None else []
    if before is None:
        spilled = _without_linked_case(services, shop, case, spilled)
    if case is None or not spilled:
        return
    opening = services.cases.opening([stored.key])[stored.key]
    for event in _messages(services, stored.key, spilled):
        open_case(services, shop, _request(case, opening, event))


def linked_id(case: Case, message: str) -> str:
    """The external id of the linked case that a message opens."""
    return f"{case.external_id}/{key_of_id(message)}"


def _without_linked_case(
    services: "OpenLinkedCasesServices", shop: Shop, case: Case | None, spilled: list[str]
) -> list[str]:
    """Those of the messages whose linked case is not open."""
    if case is None or not spilled:
        return []
    keys = {identifier: case_key(shop.id, linked_id(case, identifier)) for identifier in spilled}
    linked = services.cases.load_many(keys.values())
    return [identifier for identifier in spilled if linked[keys[identifier]].case is None]


def _messages(services: "OpenLinkedCasesServices", key: str, identifiers: list[str]) -> list[Event]:
    """The messages with these ids."""
    orders = [order_of(identifier, MessageReceived) for identifier in identifiers]
    return [event for event in services.cases.events_at(key, orders) if event.id in identifiers]


def _request(case: Case, opening: CaseOpened, event: Event) -> CaseRequest:
    assert isinstance(event.fact, MessageReceived)
    return CaseRequest(
        external_id=linked_id(case, event.id),
        kind=case.type,
        channel=case.channel,
        subject=opening.subject,
        message=event.fact.message,
        customer=case.customer,
        language=case.language,
        occurred_at=event.at,
        by=event.by,
        order=opening.order,
        priority=case.priority,
        historical=not is_live(case, event),
        received_at=event.heard_at,
        links=(case.id,),
        receipt=event.receipt,
        mail=event.fact.mail,
    )
