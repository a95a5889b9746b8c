"""Receipts of webhooks and emails in the table, for 30 days."""

from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.intake import LISTED, NOBODY, EventKey, Receipt, ReceiptState

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
        self, receipt: Receipt, state: ReceiptState, case: str | None, reason: str | None, attempts: int = 1
    ) -> None:
        """Save the result of an attempt and count the attempt, or so many. The receipt is listed or unlisted in the
        same write."""
        entry = _entry(receipt, state)
        given = {"state": state, "case": case, "reason": reason, **entry}
        values: Item = {name: value for name, value in given.items() if value}
        gone = [name for name in ("reason", "status_key", "listed") if name not in values]
        changes = f"SET {', '.join(f'#{name} = :{name}' for name in values)}"
        changes += (f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else "") + " ADD #attempts :attempts"
        written = {f":{name}": value for name, value in values.items()} | {":attempts": attempts}
        self.table.update(_pk(receipt.id), "R", changes, written)

    def newest(
        self, shop: str, sources: Sequence[Origin], states: Sequence[ReceiptState], limit: int, after: str | None
    ) -> Page:
        """A page of the receipts from these sources in these states, the newest first: the lists of each source and
        state, merged."""
        lists = [self._listed(_list(shop, source, state), limit, after) for source in sources for state in states]
        entries = merge(*lists, key=lambda entry: str(entry["listed"]), reverse=True)
        listed = list(islice(entries, limit + 1))
        items = self.table.get_many([(entry["pk"], "R") for entry in listed[:limit]])
        self.personal.preload(items)
        receipts = {item["pk"]: self._receipt(item) for item in items}
        page = [receipts[entry["pk"]] for entry in listed[:limit] if entry["pk"] in receipts]
        return Page(page, listed[limit - 1]["listed"] if len(listed) > limit else None)

    def _listed(self, partition: str, limit: int, after: str | None) -> Iterable[Item]:
        return self.table.query(
            partition,
            between=("0", keys.before(after) if after else ":"),
            index="by_status",
            names=("status_key", "listed"),
            page=limit + 1,
            backwards=True,
        )

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
            **_entry(receipt, receipt.state),
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


def _entry(receipt: Receipt, state: ReceiptState) -> Item:
    """The attributes that list a receipt in this state; none in a state that is not listed."""
    if state not in LISTED:
        return {}
    listed = keys.listed(receipt.received_at, key_of_id(receipt.id))
    return {"status_key": _list(receipt.shop, receipt.source, state), "listed": listed}


def _list(shop: str, source: Origin, state: ReceiptState) -> str:
    """The partition of the index `by_status` with the receipts from a source in a state; no status is called
    `receipts`."""
    return f"{shop}#receipts#{source}#{state}"


def _pk(identifier: str) -> str:
    return f"RECEIPT#{key_of_id(identifier)}"
