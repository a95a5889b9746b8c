"""Handle platform events about returns: each return is a case whose flow follows the platform's state."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.flows.flow import Shipment
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.platforms.case_ids import return_case_id
from chalicelib.domain.platforms.events import PlatformReturn, ReturnShipped
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.platforms.change_return import convert_to_exchange, update_items
from chalicelib.usecases.platforms.open_platform_case import platform_source
from chalicelib.usecases.platforms.open_return import open_return
from chalicelib.usecases.platforms.return_events import (
    ReturnCase,
    ReturnFacts,
    append_to_return,
    facts_of_state,
    repetition,
    was_closed_by_platform,
)
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
    )

    class HandleReturnServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `handle_return` uses."""


def handle_return(
    services: "HandleReturnServices", shop: Shop, data: PlatformReturn, receipt: Receipt
) -> tuple[str | None, str | None]:
    """Open or update the case of the return. Returns its id, and the reason if a change had no effect. NotFound if the
    return is unknown and the platform's API cannot be called. `RetryLater` if the platform does not answer."""
    about = _about(shop, receipt, data.id)
    case = services.cases.load(about.key).case
    reason, offset_ms = None, 0
    if case is None:
        data = open_return(services, about, data)
    elif data.state == "changed":
        lines = services.platforms.return_lines(shop.id, platform_source(receipt), data.id)
        reason = update_items(services, about, case, lines)
    elif data.state == "processed":
        fetched = services.platforms.returned(shop.id, platform_source(receipt), data.id)
        data = fetched if fetched is not None and fetched.state == "closed" else data
    elif data.exchange:
        offset_ms = convert_to_exchange(services, about, case)
    facts = facts_of_state(data, *repetition(services, about, data), offset_ms=offset_ms)
    return append_to_return(services, about, facts), reason


def handle_fetched_return(
    services: "HandleReturnServices", shop: Shop, data: PlatformReturn, receipt: Receipt
) -> str | None:
    """Open or update the case of a return that was just fetched, as of now. Returns the id of the case."""
    about = _about(shop, receipt, data.id).as_of_now(services)
    case = services.cases.load(about.key).case
    if case is None or case.flow is None:
        return handle_return(services, shop, data, about.receipt)[0]
    update_items(services, about, case, data.lines or None)
    if data.exchange:
        convert_to_exchange(services, about, case)
    if data.state == "approved" and case.flow.ended and was_closed_by_platform(services, about.key):
        data = replace(data, state="reopened")
    return append_to_return(services, about, facts_of_state(data, receipt.id))


def handle_return_shipped(
    services: "HandleReturnServices", shop: Shop, data: ReturnShipped, receipt: Receipt
) -> str | None:
    """Record that the parcel of a return is on its way back, and open the case if there is none. Returns its id."""
    about = _about(shop, receipt, data.returned)
    if services.cases.load(about.key).case is None:
        handle_return(services, shop, PlatformReturn(id=data.returned, order=None, state="approved"), receipt)
    parcel = Shipment("back", receipt.sent_at or receipt.received_at, data.carrier, data.tracking)
    has_number = parcel.carrier is not None or parcel.tracking is not None
    scanned = FlowMoved(move="scan", shipment=parcel if has_number else None)
    identity = ("sent back", data.id, data.tracking or "")
    return append_to_return(services, about, ReturnFacts(facts=[scanned], identity=identity))


def _about(shop: Shop, receipt: Receipt, identifier: str) -> ReturnCase:
    return ReturnCase(shop, case_key(shop.id, return_case_id(receipt.source, identifier)), receipt)
