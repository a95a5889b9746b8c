"""Customers' standings and segments in the table, by keys alone: the nightly job cannot read personal data."""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.orders.order_table import OrderTable
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.codecs import decode_case, json_of
from chalicelib.domain.customers.segments import Membership, Segments
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_record import OrderRecord

PAGE = 100
MAX_MERGES = 10
MAX_RECORDS = 200
ChangeMark = tuple[str, str, Instant]
_decode_membership = msgspec.json.Decoder(Membership).decode


class SegmentTable:
    """The `SegmentStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table, self.orders = table, OrderTable(table)

    def changed_records(self, shop: str) -> Iterator[ChangeMark]:
        """The marks of records whose segments are to be computed again: partition, key, and since when."""
        for shard in range(keys.SHARDS):
            for item in self.table.query(keys.touched(shop, shard)):
                yield item["pk"], item["sk"], item["at"]

    def clear(self, mark: ChangeMark) -> None:
        """Remove a mark, because the segments were computed. A newer mark of the same record stays."""
        pk, key, touched_at = mark
        try:
            self.table.update(pk, key, "SET #done = :at", {":at": touched_at}, "#at = :at")
        except ConditionFailed:
            return
        self.table.delete(pk, key)

    def linked_records(self, key: str) -> tuple[str, ...]:
        """The keys of all records of a customer, the main one first; none if they were erased or object to segments."""
        main = self._main_record(key)
        if main is None or "erased_at" in main:
            return ()
        records = [main, *self._merged_into(main)]
        if any("unprofiled" in item for item in records):
            return ()
        return tuple(item["pk"].removeprefix("CUSTOMER#") for item in records)

    def _main_record(self, key: str) -> Item | None:
        item = self.table.get(keys.customer(key), "C")
        for _ in range(MAX_MERGES):
            if item is None or "root" not in item:
                break
            item = self.table.get(keys.customer(item["root"]), "C")
        return item

    def _merged_into(self, main: Item) -> list[Item]:
        records: list[Item] = []
        level = [main]
        while level and len(records) < MAX_RECORDS:
            members = [key for item in level for key in item.get("members", "").split(",") if key]
            level = self.table.get_many([(keys.customer(key), "C") for key in members]) if members else []
            records += level
        return records

    def order_records_of(self, shop: str, key: str) -> Iterator[OrderRecord]:
        """The orders of one record."""
        after: str | None = None
        while True:
            page = self.orders.of_customer(shop, key, PAGE, after)
            yield from page.items
            after = page.next
            if after is None:
                return

    def cases_of(self, shop: str, key: str) -> Iterator[Case]:
        """The newest cases of one record, without private text."""
        listed = self.table.query(
            keys.customer_list(shop, key),
            index="by_customer",
            names=("customer_key", "listed"),
            page=PAGE,
            backwards=True,
        )
        newest = [item["pk"] for _, item in zip(range(PAGE), listed, strict=False)]
        for item in self.table.get_many([(pk, "C") for pk in newest]):
            if "state" in item:
                yield decode_case(json_of(item["state"]))

    def memberships(self, shop: str) -> Iterator[Membership]:
        """All customers with a standing."""
        for shard in range(keys.SHARDS):
            for item in self.table.query(keys.standings(shop, shard), attributes=("kept",)):
                yield _membership(item)

    def membership(self, shop: str, key: str) -> Membership | None:
        """The standing and segments of a customer; None if they have none."""
        item = self.table.get(keys.standings(shop, keys.shard(key)), key)
        return _membership(item) if item else None

    def save_membership(self, shop: str, membership: Membership) -> None:
        """Save the standing and segments of a customer."""
        key = membership.standing.key
        encoded = msgspec.json.encode(membership).decode()
        self.table.put({"pk": keys.standings(shop, keys.shard(key)), "sk": key, "kept": encoded})

    def update_membership(self, shop: str, membership: Membership) -> bool:
        """Save a customer's segments; False if they have no standing any more."""
        key, encoded = membership.standing.key, msgspec.json.encode(membership).decode()
        try:
            self.table.update(keys.standings(shop, keys.shard(key)), key, "SET #kept = :kept", {":kept": encoded})
        except ConditionFailed:
            return False
        return True

    def delete_memberships(self, shop: str, records: Iterable[str]) -> None:
        """Delete the standings of these records."""
        for key in records:
            self.table.delete(keys.standings(shop, keys.shard(key)), key)

    def save_segments(self, records: Iterable[str], segments: Segments) -> None:
        """Save a customer's segments on each of their records, unless they were erased or object to segments."""
        values = {":told": msgspec.json.encode(segments).decode()}
        free = "attribute_exists(pk) AND attribute_not_exists(#erased_at) AND attribute_not_exists(#unprofiled)"
        for key in records:
            try:
                self.table.update(keys.customer(key), "C", "SET #segments = :told", values, free)
            except ConditionFailed:
                continue

    def remove_segments(self, key: str) -> None:
        """Remove the segments from one record."""
        try:
            self.table.update(keys.customer(key), "C", "REMOVE #segments", {})
        except ConditionFailed:
            return


def _membership(item: Item) -> Membership:
    return _decode_membership(item["kept"])
