"""Read what a batch of receipts will need in two round trips for all of them, instead of three for each."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.intake.webhooks import parse_message
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services


class Prefetched(Struct, frozen=True):
    """What was read of a receipt before its turn came."""

    receipt: Receipt
    seen: StoredCase | None = None
    """Its case; None where an earlier receipt of the batch will have changed that."""


def prefetch(services: Services, receipt_keys: Sequence[str]) -> dict[str, Prefetched]:
    """Of each receipt that exists, in the order they will be processed, by key. Their shops are read anew, too."""
    found = {key_of_id(receipt.id): receipt for receipt in services.receipts.load_many(receipt_keys)}
    for shop in {receipt.shop for receipt in found.values()}:
        services.shops.shop(shop)
    about = {key: _case_of(receipt) for key, receipt in found.items()}
    cases = services.cases.load_many(case for case in about.values() if case)
    return {key: Prefetched(found[key], cases.pop(about[key] or "", None)) for key in receipt_keys if key in found}


def _case_of(receipt: Receipt) -> str | None:
    if not receipt.body:
        return None
    try:
        about = parse_message(receipt.source, receipt.type, receipt.body, receipt.received_at, receipt.sent_at).case
    except AftercareError:  # which its own turn will tell
        return None
    return case_key(receipt.shop, about) if about is not None else None
