"""Reads cases: one, many, their events, and the short lists of an order, a number and a department."""

from collections.abc import Iterable, Iterator
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import MAX_KEYS, Item
from chalicelib.adapters.cases.event_queries import EventQueries
from chalicelib.adapters.cases.stored_items import read_case
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.orders.order import plain_name
from chalicelib.usecases.ports.cases import Page, StoredCase


class CaseQueries(EventQueries):
    """The part of the `CaseStore` on DynamoDB that reads by key."""

    def load(self, key: str) -> StoredCase:
        """The case with this key; version 0 and no case when nothing is stored."""
        item = self.table.get(keys.case(key), "C")
        return read_case(item, self.personal) if item else StoredCase(key=key)

    def load_many(self, wanted: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys, by key, read together; version 0 and no case where nothing is stored."""
        empty = {key: StoredCase(key=key) for key in wanted}
        stored_cases = self._read_cases(self.table.get_many([(keys.case(key), "C") for key in empty]))
        return empty | {stored.key: stored for stored in stored_cases}

    def everything(self, shop: str | None = None, segment: int = 0, segments: int = 1) -> Iterator[StoredCase]:
        """Every case of a shop or of all shops, or one of `segments` parts of them: for audits, never for a request.

        They are found in the index that lists each case under its customer, which is a twelfth of the table. It may be
        a moment behind the table.
        """
        entries = (entry for entry in self.table.scan("by_customer", segment, segments) if _is_case_of(entry, shop))
        while batch := list(islice(entries, MAX_KEYS)):
            yield from self._read_cases(self.table.get_many([(entry["pk"], "C") for entry in batch]))

    def _read_cases(self, items: list[Item]) -> list[StoredCase]:
        self.personal.preload(items)
        return [read_case(item, self.personal) for item in items]

    def of_order(self, shop: str, order: str) -> list[str]:
        """The keys of the cases about an order."""
        partitions = dict.fromkeys((keys.order_cases(shop, order), keys.former_order_cases(shop, order)))
        bounds = ("0", keys.LEDGER[0])
        items = (item for partition in partitions for item in self.table.query(partition, between=bounds))
        return list(dict.fromkeys(item["sk"] for item in items))

    def numbered(self, shop: str, number: str) -> str | None:
        """The key of the case with this number; None when the shop has none."""
        item = self.table.get(f"NUMBER#{shop}#{number}", "N")
        return key_of_id(item["case"]) if item else None

    def ledger(self, shop: str, order: str) -> int:
        """The version of an order's compensations; 0 when none was given. The money is counted after this, so a record
        of the order that was read ahead, which may be older than this version, is not used any more."""
        self.table.drop_ahead(keys.order_items(shop, plain_name(order)))
        item = self.table.get(keys.order_cases(shop, order), keys.LEDGER)
        return int(item["version"]) if item else 0

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        """A page of a department's open tasks, the soonest due first."""
        bounds = (f"{after}\x00" if after else "0", ":")
        rows = self.table.query(keys.task_list(shop, department), between=bounds, page=limit + 1)
        items = list(islice(rows, limit + 1))
        self.personal.preload(items[:limit])
        tasks = [item | (self.personal.opened(item) or {"title": ""}) for item in items[:limit]]
        return Page(tasks, items[limit - 1]["sk"] if len(items) > limit else None)


def _is_case_of(entry: Item, shop: str | None) -> bool:
    is_case: bool = entry["pk"].startswith("CASE#")
    return is_case and (shop is None or entry["customer_key"].startswith(f"{shop}#"))
