"""Receipts of webhooks and emails in memory."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.intake import Receipt, ReceiptState


class FakeReceipts:
    """Receipts by their keys."""

    def __init__(self) -> None:
        self.stored: dict[str, Receipt] = {}

    def add(self, receipt: Receipt, of_new_customer: bool = False) -> Receipt | None:
        earlier = self.stored.get(key_of_id(receipt.id))
        if earlier is None:
            self.stored[key_of_id(receipt.id)] = receipt
        return earlier

    def load(self, identifier: str) -> Receipt | None:
        return self.stored.get(key_of_id(identifier))

    def load_many(self, keys: Iterable[str]) -> dict[str, Receipt]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def settle(
        self, receipt: Receipt, state: ReceiptState, case: str | None, reason: str | None, attempts: int = 1
    ) -> None:
        before = self.stored[key_of_id(receipt.id)]
        self.stored[key_of_id(receipt.id)] = replace(
            before, state=state, case=case or before.case, reason=reason, attempts=before.attempts + attempts
        )

    def newest(
        self, shop: str, sources: Sequence[Origin], states: Sequence[ReceiptState], limit: int, after: str | None
    ) -> Page:
        raise NotImplementedError("the table has the lists: see tests/integration")
