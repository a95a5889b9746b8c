"""Read what a batch of receipts needs in two round trips for the whole batch instead of three for each receipt."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import case_key
from chalicelib.usecases.intake.understand import Understood, understand
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasReceipts, HasRegistries, HasShops

    class PrefetchServices(HasCases, HasReceipts, HasRegistries, HasShops, Protocol):
        """The services that `prefetch` uses."""


class Prefetched(Struct, frozen=True):
    """A receipt, and what was read for it before it is processed."""

    receipt: Receipt
    content: Understood | AftercareError | None = None
    """The content of its body, or why it cannot be handled; None if the body was erased."""
    seen: StoredCase | None = None
    """Its case; None if an earlier receipt of the batch is about the same case and will have changed it."""


def prefetch(services: "PrefetchServices", receipt_keys: Sequence[str]) -> dict[str, Prefetched]:
    """The receipts that exist, by key, in the order in which they will be processed. Their shops are read again,
    too, if one of them may open a case."""
    receipts = services.receipts.load_many(receipt_keys)
    contents = {key: read_body(services, receipt) for key, receipt in receipts.items()}
    opening = {receipts[key].shop for key, content in contents.items() if _may_open(content)}
    for shop in {receipt.shop for receipt in receipts.values()}:
        services.shops.shop(shop, fresh=shop in opening)
    case_keys = {key: _case_key(receipts[key], content) for key, content in contents.items()}
    cases = services.cases.load_many(case for case in case_keys.values() if case)
    return {
        key: Prefetched(receipts[key], contents[key], cases.pop(case_keys[key] or "", None))
        for key in receipt_keys
        if key in receipts
    }


def read_body(services: "PrefetchServices", receipt: Receipt) -> Understood | AftercareError | None:
    """The content of a receipt's body, or why it cannot be handled; None if it was erased."""
    if not receipt.body:
        return None
    try:
        return understand(services, receipt)
    except AftercareError as wrong:
        return wrong


def _may_open(content: Understood | AftercareError | None) -> bool:
    return isinstance(content, Understood) and content.handler.opens


def _case_key(receipt: Receipt, content: Understood | AftercareError | None) -> str | None:
    external_id = content.case if isinstance(content, Understood) else None
    return case_key(receipt.shop, external_id) if external_id is not None else None
