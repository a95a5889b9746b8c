"""Take messages of the customer from a case to a new one.

The event on the old case decides. The new case follows from it: the request opens it, and if it is interrupted, the
event's follow-up does.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.case_flow import FLOW_OF
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import Event, order_of
from chalicelib.domain.cases.facts import MessageReceived, ReplySent
from chalicelib.domain.cases.transitions import is_live
from chalicelib.domain.casework.facts import CaseSplit
from chalicelib.domain.casework.payloads import Split
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import case_key, key_of_id, new_id, time_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.casework.pass_on import moved_copy
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class SplitCaseServices(
        HasAgents, HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol
    ):
        """The services that `split_case` uses."""


def split(services: "SplitCaseServices", command: Command, body: Split) -> StoredCase:
    """Take these messages to a new case, which is linked with this one (the last of its `links`); the old case.

    Invalid for an event that is no message of the customer on this case, or was taken from it before. The message that
    opened a case stays.
    """
    key = key_of_id(command.case)
    splits: list[CaseSplit] = []

    def decide(case: Case) -> list[Fact]:
        stored_events = services.cases.events_to_fold(services.cases.load(key))
        messages = _named(stored_events, body)
        into = _id_of_new_case(case, messages[0], _begins_at(services, stored_events, messages))
        fact = CaseSplit(
            events=tuple(message.id for message in messages),
            into=into,
            subject=body.subject,
            kind=body.type or _kind_of(case),
        )
        splits[:] = [fact]
        return [fact]

    stored = handle(services, command, decide)
    for fact in splits:
        open_split_case(services, stored, fact)
    return stored


def _named(stored_events: list[Event], body: Split) -> list[Event]:
    """The messages that the request names, in order."""
    messages = {event.id: event for event in stored_events if isinstance(event.fact, MessageReceived)}
    withdrawn = {identifier for event in stored_events for identifier in event.fact.withdraws}
    for place, identifier in enumerate(body.events):
        if identifier not in messages:
            raise invalid(f"events[{place}]", "is no later message of the customer on this case")
        if identifier in withdrawn:
            raise invalid(f"events[{place}]", "was taken from this case before")
    return sorted((messages[identifier] for identifier in set(body.events)), key=lambda event: event.order)


def _begins_at(services: "SplitCaseServices", stored_events: list[Event], messages: list[Event]) -> Instant:
    """When the new case begins: with its first message, for the customer waits since then; or now, if the shop replied
    after its last one."""
    replied = any(isinstance(event.fact, ReplySent) and event.order > messages[-1].order for event in stored_events)
    return services.now() if replied else messages[0].at


def _kind_of(case: Case) -> CaseType:
    """The type of the new case, if the request names none: that of the old one, unless a flow or a review began it."""
    return "question" if case.type in FLOW_OF or case.type == "review" else case.type


def _external_id(case: Case, message: str) -> str:
    return f"{case.external_id}/split/{key_of_id(message)}"


def _id_of_new_case(case: Case, message: Event, begins_at: Instant) -> str:
    return new_id(begins_at, case_key(case.shop, _external_id(case, message.id)))


def open_split_case(services: "SplitCaseServices", stored: StoredCase, fact: CaseSplit) -> str:
    """Open the case of split messages with the first of them, and add the others; its id. Whoever does so again changes
    nothing."""
    assert stored.case is not None
    key = key_of_id(fact.into)
    shop = shop_of(services, stored.case.shop, fresh=False)
    first, *others = _messages(services, stored.key, fact.events)
    opened = open_case(services, shop, _request(services, stored, first, fact), seen=services.cases.load(key))
    if others:
        _add(services, shop, opened, [moved_copy(message, stored.case, key) for message in others])
    return fact.into


def _messages(services: "SplitCaseServices", key: str, identifiers: Iterable[str]) -> list[Event]:
    orders = [order_of(identifier, MessageReceived) for identifier in identifiers]
    return services.cases.events_at(key, orders)


def _add(services: "SplitCaseServices", shop: Shop, opened: StoredCase, copies: list[Event]) -> None:
    orders = [copy.order for copy in copies]

    def decide(_: StoredCase) -> list[Event]:
        stored_orders = {event.order for event in services.cases.events_at(opened.key, orders)}
        return [copy for copy in copies if copy.order not in stored_orders]

    append_events(services, shop, opened.key, decide)


def _request(services: "SplitCaseServices", stored: StoredCase, message: Event, fact: CaseSplit) -> CaseRequest:
    case = stored.case
    assert case is not None
    assert isinstance(message.fact, MessageReceived)
    opening = services.cases.opening([stored.key])[stored.key]
    return CaseRequest(
        external_id=_external_id(case, message.id),
        kind=fact.kind,
        channel=case.channel,
        subject=fact.subject,
        message=message.fact.message,
        customer=case.customer,
        language=case.language,
        occurred_at=time_of(fact.into) or message.at,
        by=message.by,
        order=opening.order,
        priority=case.priority,
        historical=not is_live(case, message),
        received_at=message.heard_at,
        segment=case.segment,
        links=(case.id,),
        receipt=message.receipt,
        mail=message.fact.mail,
    )
