"""Handle what a platform says of returns: each is a case whose flow moves as it moves there."""

from msgspec.structs import replace

from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.flows.flow import Shipment
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.platforms.case_ids import return_case_id
from chalicelib.domain.platforms.events import PlatformReturn, ReturnShipped
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.platforms.change_return import change_items, make_exchange
from chalicelib.usecases.platforms.open_platform_case import platform_source
from chalicelib.usecases.platforms.open_return import open_return
from chalicelib.usecases.platforms.return_events import (
    Happened,
    ReturnCase,
    append_to_return,
    occasion,
    state_reached,
    was_closed_there,
)
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services


def handle_return(
    services: Services, shop: Shop, data: PlatformReturn, receipt: Receipt
) -> tuple[str | None, str | None]:
    """The id of the return's case afterwards, and why less followed than was said, if so. NotFound when nothing is
    known of the return and the platform cannot be asked; `RetryLater` when it does not answer."""
    about = _about(shop, receipt, data.id)
    case, why, later = services.cases.load(about.key).case, None, 0
    if case is None:
        data = open_return(services, about, data)
    elif data.state == "changed":
        lines = services.platforms.return_lines(shop.id, platform_source(receipt), data.id)
        why = change_items(services, about, case, lines)
    elif data.state == "processed":
        asked = services.platforms.returned(shop.id, platform_source(receipt), data.id)
        data = asked if asked is not None and asked.state == "closed" else data
    elif data.exchange:
        later = make_exchange(services, about, case)
    reached = state_reached(data, *occasion(services, about, data), later=later)
    return append_to_return(services, about, reached), why


def handle_fetched_return(services: Services, shop: Shop, data: PlatformReturn, receipt: Receipt) -> str | None:
    """The id of the return's case after the return was fetched: it is so now, whatever was sent of it and when."""
    about = _about(shop, receipt, data.id).at_once(services)
    case = services.cases.load(about.key).case
    if case is None or case.flow is None:
        return handle_return(services, shop, data, about.receipt)[0]
    change_items(services, about, case, data.lines or None)
    if data.exchange:
        make_exchange(services, about, case)
    if data.state == "approved" and case.flow.ended and was_closed_there(services, about.key):
        data = replace(data, state="reopened")
    return append_to_return(services, about, state_reached(data, receipt.id))


def handle_return_shipped(services: Services, shop: Shop, data: ReturnShipped, receipt: Receipt) -> str | None:
    """The id of the case of the return whose parcel is on its way back."""
    about = _about(shop, receipt, data.returned)
    if services.cases.load(about.key).case is None:
        handle_return(services, shop, PlatformReturn(id=data.returned, order=None, state="approved"), receipt)
    parcel = Shipment("back", receipt.sent_at or receipt.received_at, data.carrier, data.tracking)
    has_number = parcel.carrier is not None or parcel.tracking is not None
    scanned = FlowMoved(move="scan", shipment=parcel if has_number else None)
    identity = ("sent back", data.id, data.tracking or "")
    return append_to_return(services, about, Happened(facts=[scanned], identity=identity))


def _about(shop: Shop, receipt: Receipt, identifier: str) -> ReturnCase:
    return ReturnCase(shop, case_key(shop.id, return_case_id(receipt.source, identifier)), receipt)
