"""What became of a receipt. A message that became an event of its case is processed, and the event names its receipt;
only other results are saved with the receipt."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.usecases.ports.intake import Outcome, Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasReceipts

    class ReadReceiptServices(HasCases, HasReceipts, Protocol):
        """The services that `read_receipt` uses."""


def read_receipt(services: "ReadReceiptServices", identifier: str) -> Receipt | None:
    """The receipt with this id and its result; None if there is none."""
    receipt = services.receipts.load(identifier)
    return with_outcome(services, receipt) if receipt is not None else None


def with_outcome(services: "HasCases", receipt: Receipt) -> Receipt:
    """The receipt, processed if the event that it became is stored in a case. The case and the event are read only if
    no result was saved."""
    becomes = receipt.becomes
    if becomes is None or receipt.state != "stored" or receipt.attempts:
        return receipt
    events = services.cases.events_at(becomes.case_key, [becomes.order])
    is_named = any(event.receipt == receipt.id for event in events)
    case = services.cases.load(becomes.case_key).case if is_named else None
    return replace(receipt, state="processed", case=case.id, attempts=1) if case else receipt


def is_shown_by_event(receipt: Receipt, outcome: Outcome) -> bool:
    """Whether `with_outcome` finds this outcome of the first attempt without its being saved: the message became the
    expected event in this attempt. The event of an earlier delivery with the same content names another receipt."""
    becomes = receipt.becomes
    if becomes is None or receipt.state != "stored" or receipt.attempts:
        return False
    order_found = any(event.receipt == receipt.id and event.order == becomes.order for event in outcome.events)
    return outcome.state == "processed" and outcome.reason is None and order_found
