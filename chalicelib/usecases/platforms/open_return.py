"""Open the case of a platform's return. Data that the platform did not send is fetched."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.orders.order import Order
from chalicelib.domain.platforms.case_ids import return_case_id
from chalicelib.domain.platforms.events import PLATFORM_NAMES, PlatformReturn, ReturnLine, claim_of
from chalicelib.usecases.platforms.open_platform_case import (
    PlatformCase,
    load_or_fetch_record,
    open_platform_case,
    platform_source,
)
from chalicelib.usecases.platforms.return_events import ReturnCase, ReturnFacts, append_to_return

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

    class OpenReturnServices(
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
        """The services that `open_return` uses."""


def open_return(services: "OpenReturnServices", about: ReturnCase, data: PlatformReturn) -> PlatformReturn:
    """Open the case and return the return with what was fetched. NotFound if its order is unknown and the platform's
    API cannot be called, or does not have the return."""
    shop, receipt = about.shop, about.receipt
    data = _with_order(services, about, data)
    record = load_or_fetch_record(services, shop, data.order or "", receipt)
    lines = _lines(services, about, data)
    order = record.order if record else Order(data.order or "")
    _note_remarks(services, about, lines)
    case = PlatformCase(
        external_id=return_case_id(receipt.source, data.id),
        kind="exchange" if data.exchange else "return",
        subject=f"{PLATFORM_NAMES[receipt.source]} {data.name or data.id}",
        message=_joined(line.note for line in lines),
        order=order,
        record=record,
        claim=claim_of(lines, order),
    )
    open_platform_case(services, shop, receipt, case)
    return data


def _with_order(services: "OpenReturnServices", about: ReturnCase, data: PlatformReturn) -> PlatformReturn:
    """The return, fetched from the platform if its order is unknown."""
    if data.order is not None:
        return data
    fetched = services.platforms.returned(about.shop.id, platform_source(about.receipt), data.id)
    if fetched is None:
        raise NotFound(
            f"Return {data.id} is unknown here, and the platform's API cannot be called or does not have it."
        )
    is_processed = data.state == "processed" and fetched.state == "approved"
    return replace(fetched, state="processed") if is_processed else fetched


def _lines(services: "OpenReturnServices", about: ReturnCase, data: PlatformReturn) -> tuple[ReturnLine, ...]:
    """The lines of a return, fetched from the platform if it did not send all of them."""
    if data.lines and (data.total is None or data.total <= len(data.lines)):
        return data.lines
    fetched = services.platforms.return_lines(about.shop.id, platform_source(about.receipt), data.id)
    return fetched or data.lines


def _note_remarks(services: "OpenReturnServices", about: ReturnCase, lines: tuple[ReturnLine, ...]) -> None:
    """Append the platform's own remarks on the return as a note for staff. This happens before the case is opened,
    because a receipt is not handled again once its case is open."""
    remarks = _joined(line.remark for line in lines)
    if remarks:
        without_time = replace(about, receipt=replace(about.receipt, sent_at=None))
        append_to_return(services, without_time, ReturnFacts(facts=[NoteAdded(message=remarks)], identity=("remark",)))


def _joined(texts: Iterable[str]) -> str:
    """The distinct texts that are not empty, one per line."""
    return "\n".join(dict.fromkeys(text for text in texts if text))
