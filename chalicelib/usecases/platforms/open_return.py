"""Open the case of a platform's return, asking the platform for what it did not send."""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.orders.order import Order
from chalicelib.domain.platforms.case_ids import return_case_id
from chalicelib.domain.platforms.events import PLATFORM_NAMES, PlatformReturn, ReturnLine, claim_of
from chalicelib.usecases.platforms.open_platform_case import (
    PlatformCase,
    open_platform_case,
    order_record_of,
    platform_source,
)
from chalicelib.usecases.platforms.return_events import Happened, ReturnCase, append_to_return
from chalicelib.usecases.ports.services import Services


def open_return(services: Services, about: ReturnCase, data: PlatformReturn) -> PlatformReturn:
    """The return as it is known after its case was opened. NotFound when nobody told of its order and the platform
    cannot be asked, or does not know it."""
    shop, receipt, data = about.shop, about.receipt, _with_order(services, about, data)
    record = order_record_of(services, shop, data.order or "", receipt)
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


def _with_order(services: Services, about: ReturnCase, data: PlatformReturn) -> PlatformReturn:
    """The return, asked of the platform where nobody told of its order."""
    if data.order is not None:
        return data
    asked = services.platforms.returned(about.shop.id, platform_source(about.receipt), data.id)
    if asked is None:
        raise NotFound(f"Nobody told of return {data.id}; the platform cannot be asked for it, or does not know it.")
    return replace(asked, state="processed") if data.state == "processed" and asked.state == "approved" else asked


def _lines(services: Services, about: ReturnCase, data: PlatformReturn) -> tuple[ReturnLine, ...]:
    """The lines of a return, asked of the platform where it did not send all of them."""
    if data.lines and (data.total is None or data.total <= len(data.lines)):
        return data.lines
    asked = services.platforms.return_lines(about.shop.id, platform_source(about.receipt), data.id)
    return asked or data.lines


def _note_remarks(services: Services, about: ReturnCase, lines: tuple[ReturnLine, ...]) -> None:
    """Note for staff what the platform says of a return beside the customer's words: before the case is opened, for
    what opened it is not handled again."""
    remarks = _joined(line.remark for line in lines)
    if remarks:
        unsent = replace(about, receipt=replace(about.receipt, sent_at=None))
        append_to_return(services, unsent, Happened(facts=[NoteAdded(message=remarks)], identity=("remark",)))


def _joined(texts: Iterable[str]) -> str:
    """The texts that are not empty, each once, each on its line."""
    return "\n".join(dict.fromkeys(text for text in texts if text))
