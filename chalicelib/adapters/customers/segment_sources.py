"""What segments are computed from: the records, orders and answers of many customers at a time, by keys alone."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.orders.order_table import order_record_of
from chalicelib.domain.cases.codecs import decode_case, json_of
from chalicelib.usecases.ports.customers import History

MAX_CASES = 100
MAX_MERGES = 10
MAX_RECORDS = 200
READERS = 8  # so many lists are read at the same time
LINKS = ("pk", "root", "members", "erased_at", "unprofiled")
"""The attributes that say which records are one customer, and whether they may be counted."""


class SegmentSources:
    """The part of the `SegmentStore` on DynamoDB that reads what segments are computed from."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def linked_records(self, records: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """For each record the keys of all records of its customer, the main one first; none if they were erased or
        object to segments."""
        items = {item["pk"]: item for item in self._records(records)}
        return {key: self._linked(items.get(keys.customer(key))) for key in records}

    def _records(self, records: Sequence[str]) -> list[Item]:
        return self.table.get_many([(keys.customer(key), "C") for key in records], LINKS)

    def _linked(self, record: Item | None) -> tuple[str, ...]:
        main = self._main_record(record)
        if main is None or "erased_at" in main:
            return ()
        records = [main, *self._merged_into(main)]
        if any("unprofiled" in item for item in records):
            return ()
        return tuple(item["pk"].removeprefix("CUSTOMER#") for item in records)

    def _main_record(self, record: Item | None) -> Item | None:
        for _ in range(MAX_MERGES):
            if record is None or "root" not in record:
                break
            record = next(iter(self._records([record["root"]])), None)
        return record

    def _merged_into(self, main: Item) -> list[Item]:
        records: list[Item] = []
        level = [main]
        while level and len(records) < MAX_RECORDS:
            members = [key for item in level for key in item.get("members", "").split(",") if key]
            level = self._records(members) if members else []
            records += level
        return records

    def histories(self, shop: str, records: Sequence[str]) -> dict[str, History]:
        """The orders and the newest cases of each of these records, without private text. The lists are read at the
        same time, and what they list in batches."""
        with ThreadPoolExecutor(READERS) as pool:
            orders = list(pool.map(partial(self._listed_orders, shop), records))
            cases = list(pool.map(partial(self._listed_cases, shop), records))
        wanted = [(pk, "S") for listed in orders for pk in listed] + [(pk, "C") for listed in cases for pk in listed]
        items = {item["pk"]: item for item in self.table.get_many(wanted, ("pk", "state", "sale"))}
        return {
            key: History(
                [order_record_of(items[pk]) for pk in listed_orders if "sale" in items.get(pk, {})],
                [decode_case(json_of(items[pk]["state"])) for pk in listed_cases if "state" in items.get(pk, {})],
            )
            for key, listed_orders, listed_cases in zip(records, orders, cases, strict=True)
        }

    def _listed_orders(self, shop: str, record: str) -> list[str]:
        return self._listed(keys.order_records_list(shop, record))

    def _listed_cases(self, shop: str, record: str) -> list[str]:
        return self._listed(keys.customer_list(shop, record), MAX_CASES)

    def _listed(self, partition: str, most: int | None = None) -> list[str]:
        """The partitions of what a list of a customer has, the newest first; `most`: not more of them."""
        listed = self.table.query(
            partition, index="by_customer", names=("customer_key", "listed"), page=most, backwards=True
        )
        return [item["pk"] for item in islice(listed, most)]
