"""A message that comes long after its case was closed opens a linked case."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.facts import MessageReceived
from chalicelib.domain.cases.transitions import is_live
from chalicelib.domain.kernel.ids import key_of_id
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


def open_linked_cases(services: "OpenLinkedCasesServices", shop: Shop, stored: StoredCase) -> None:
    """Open a linked case for each message that came more than seven days after the case was closed."""
    case = stored.case
    if case is None or not case.spilled:
        return
    opening = services.cases.opening([stored.key])[stored.key]
    for event in services.cases.events(stored.key):
        if event.id in case.spilled and isinstance(event.fact, MessageReceived):
            request = CaseRequest(
                external_id=f"{case.external_id}/{key_of_id(event.id)}",
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
            open_case(services, shop, request)
