"""Receipts of webhooks and emails in the table, for 30 days."""

from collections.abc import Iterable

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.usecases.ports.intake import NOBODY, EventKey, Receipt, ReceiptState

KEEP_DAYS = 30


class ReceiptTable:
    """The `ReceiptStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def add(self, receipt: Receipt, of_new_customer: bool = False) -> Receipt | None:
        """Store a new receipt and have the relay send it to the intake queue; None. If the same delivery was stored
        before, change nothing and return the stored receipt."""
        try:
            self.table.put(self._item(receipt, of_new_customer), only_new=True)
        except ConditionFailed as refused:
            stored = refused.reasons[0]
            return self._receipt(stored) if stored else self.load(receipt.id)
        return None

    def load(self, identifier: str) -> Receipt | None:
        """The receipt with this id."""
        item = self.table.get(_pk(identifier), "R")
        return self._receipt(item) if item else None

    def load_many(self, keys: Iterable[str]) -> dict[str, Receipt]:
        """The receipts with these keys, by key, read in one batch; missing ones are left out."""
        items = self.table.get_many([(f"RECEIPT#{key}", "R") for key in set(keys)])
        self.personal.preload(items)
        return {item["pk"].removeprefix("RECEIPT#"): self._receipt(item) for item in items}

    def settle(
        self, identifier: str, state: ReceiptState, case: str | None, reason: str | None, attempts: int = 1
    ) -> None:
        """Save the result of an attempt and count the attempt, or so many."""
        changes = "SET #state = :state" + (", #case = :case" if case else "") + (", #reason = :why" if reason else "")
        changes += ("" if reason else " REMOVE #reason") + " ADD #attempts :attempts"
        values: Item = {":state": state, ":case": case, ":why": reason, ":attempts": attempts}
        self.table.update(_pk(identifier), "R", changes, {name: value for name, value in values.items() if value})

    def _item(self, receipt: Receipt, of_new_customer: bool) -> Item:
        item: Item = {
            "pk": _pk(receipt.id),
            "sk": "R",
            "id": receipt.id,
            "shop": receipt.shop,
            "source": receipt.source,
            "delivery": receipt.delivery,
            "type": receipt.type,
            "received_at": receipt.received_at,
            "state": receipt.state,
            "attempts": receipt.attempts,
            "reason": receipt.reason,
            "sent_at": receipt.sent_at,
            "becomes": f"{receipt.becomes.case_key}/{receipt.becomes.order}" if receipt.becomes else None,
            "relay": "intake" if receipt.state == "stored" else None,
            "ttl": (receipt.received_at + KEEP_DAYS * DAY_MS) // SECOND_MS,
        }
        until = receipt.received_at + KEEP_DAYS * DAY_MS if receipt.whose.startswith(NOBODY) else None
        return item | self.personal.sealed_bytes(
            item, receipt.body, receipt.shop, receipt.whose, until, of_new_customer
        )

    def _receipt(self, item: Item) -> Receipt:
        body, whose = self.personal.opened_bytes(item) or b"", item.get("whose", "#").partition("#")[2]
        return Receipt(
            id=item["id"],
            shop=item["shop"],
            source=item["source"],
            delivery=item["delivery"],
            type=item["type"],
            received_at=item["received_at"],
            body=body,
            state=item["state"],
            case=item.get("case"),
            attempts=item["attempts"],
            reason=item.get("reason"),
            whose=whose,
            sent_at=item.get("sent_at"),
            becomes=EventKey(*item["becomes"].split("/", 1)) if "becomes" in item else None,
        )


def _pk(identifier: str) -> str:
    return f"RECEIPT#{key_of_id(identifier)}"
