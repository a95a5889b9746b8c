"""Reads together what a use case is about to read item by item, from both tables in one request."""

from collections.abc import Callable

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Key, Table
from chalicelib.adapters.aws.encryption.key_store import Vault
from chalicelib.domain.cases.events import OPENING
from chalicelib.domain.orders.order import plain_name
from chalicelib.usecases.ports.read_ahead import Wanted


class BatchReader:
    """The `ReadAhead` service on DynamoDB. `is_recent`: whether a shop is in memory, and read only to be fresh."""

    def __init__(self, table: Table, vault: Vault, is_recent: Callable[[str], bool]) -> None:
        self.table = table
        self.vault = vault
        self.is_recent = is_recent

    def read(self, wanted: Wanted) -> None:
        """Read what is wanted; nothing if that is a single item, which is read by itself as well."""
        items = [*self._of_shop(wanted), *_of_case(wanted)]
        names = self.vault.missing([f"{wanted.shop}#{wanted.customer}"] if wanted.customer else ())
        if len(items) + len(names) > 1:
            self.table.read_ahead(items, {self.vault.table: [(name, "K") for name in names]})

    def _of_shop(self, wanted: Wanted) -> list[Key]:
        is_needed = wanted.settings == "fresh" or (wanted.settings == "recent" and not self.is_recent(wanted.shop))
        shop = keys.shop(wanted.shop)
        templates = [(shop, keys.template(*wanted.template))] if wanted.template else []
        return [*([(shop, "S")] if is_needed else []), *templates]


def _of_case(wanted: Wanted) -> list[Key]:
    """The keys of the customer, of the event that opened the case, and of the order."""
    return [
        *([(keys.customer(wanted.customer), "C")] if wanted.customer else []),
        *([(keys.case(wanted.opening), keys.event(OPENING))] if wanted.opening else []),
        *(keys.order_items(wanted.shop, plain_name(wanted.order)) if wanted.order else []),
    ]
