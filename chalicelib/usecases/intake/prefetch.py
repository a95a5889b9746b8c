"""Read what a batch of receipts will need in two round trips for all of them, instead of three for each."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.intake.webhooks import understand
from chalicelib.domain.kernel.errors import CareError
from chalicelib.domain.kernel.ids import key_in
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.ports.services import Desk


class Ahead(Struct, frozen=True):
    """What was read of a receipt before its turn came."""

    receipt: Receipt
    seen: Stored | None = None
    """Its case; None where an earlier receipt of the batch will have changed that."""


def read_ahead(desk: Desk, receipt_keys: Sequence[str]) -> dict[str, Ahead]:
    """Of each receipt that exists, in the order they will be processed, by key. Their shops are read anew, too."""
    found = {key_in(receipt.id): receipt for receipt in desk.receipts.load_many(receipt_keys)}
    for shop in {receipt.shop for receipt in found.values()}:
        desk.shops.shop(shop)
    about = {key: _case_of(receipt) for key, receipt in found.items()}
    cases = desk.cases.load_many(case for case in about.values() if case)
    return {key: Ahead(found[key], cases.pop(about[key] or "", None)) for key in receipt_keys if key in found}


def _case_of(receipt: Receipt) -> str | None:
    if not receipt.body:
        return None
    try:
        about = understand(receipt.source, receipt.type, receipt.body, receipt.received_at, receipt.sent_at).case
    except CareError:  # which its own turn will tell
        return None
    return case_key(receipt.shop, about) if about is not None else None
