"""Read what a batch of receipts will need in two round trips for all of them, instead of three for each."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.usecases.intake.understand import Understood, understand
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services


class Prefetched(Struct, frozen=True):
    """A receipt, and what was read of it before its turn came."""

    receipt: Receipt
    said: Understood | AftercareError | None = None
    """What its body says, or why it cannot be handled; None when there is no body any more."""
    seen: StoredCase | None = None
    """Its case; None where an earlier receipt of the batch will have changed that."""


def prefetch(services: Services, receipt_keys: Sequence[str]) -> dict[str, Prefetched]:
    """Of each receipt that exists, in the order they will be processed, by key. Their shops are read anew, too."""
    stored = {key_of_id(receipt.id): receipt for receipt in services.receipts.load_many(receipt_keys)}
    for shop in {receipt.shop for receipt in stored.values()}:
        services.shops.shop(shop)
    said = {key: read_body(services, receipt) for key, receipt in stored.items()}
    about = {key: _case_of(stored[key], understood) for key, understood in said.items()}
    cases = services.cases.load_many(case for case in about.values() if case)
    return {
        key: Prefetched(stored[key], said[key], cases.pop(about[key] or "", None))
        for key in receipt_keys
        if key in stored
    }


def read_body(services: Services, receipt: Receipt) -> Understood | AftercareError | None:
    """What a receipt's body says, or why it cannot be handled; None when its content was erased."""
    if not receipt.body:
        return None
    try:
        return understand(services, receipt)
    except AftercareError as wrong:
        return wrong


def _case_of(receipt: Receipt, said: Understood | AftercareError | None) -> str | None:
    about = said.case if isinstance(said, Understood) else None
    return case_key(receipt.shop, about) if about is not None else None
