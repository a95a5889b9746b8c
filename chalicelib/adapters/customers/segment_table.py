"""Customers' standings and segments in the table, by keys alone: the nightly job cannot read personal data."""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Key
from chalicelib.adapters.customers.segment_sources import SegmentSources
from chalicelib.domain.customers.segments import Membership, Segments
from chalicelib.domain.kernel.timestamps import Instant

ChangeMark = tuple[str, str, Instant]
_decode_membership = msgspec.json.Decoder(Membership).decode


class SegmentTable(SegmentSources):
    """The `SegmentStore` on DynamoDB."""

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

    def memberships(self, shop: str) -> Iterator[Membership]:
        """All customers with a standing."""
        for shard in range(keys.SHARDS):
            for item in self.table.query(keys.standings(shop, shard), attributes=("kept",)):
                yield _membership(item)

    def memberships_of(self, shop: str, customers: Iterable[str]) -> dict[str, Membership]:
        """The standings and segments of those of these customers who have any, by key."""
        items = self.table.get_many([_place(shop, key) for key in customers])
        return {item["sk"]: _membership(item) for item in items}

    def save_memberships(self, shop: str, memberships: Iterable[Membership], others: Iterable[str]) -> None:
        """Save the standings and segments of customers, and delete those of other records."""
        puts = [_item(shop, membership) for membership in memberships]
        self.table.write_many(puts, [_place(shop, key) for key in others])

    def update_membership(self, shop: str, membership: Membership) -> bool:
        """Save a customer's segments; False if they have no standing any more."""
        item = _item(shop, membership)
        try:
            self.table.update(item["pk"], item["sk"], "SET #kept = :kept", {":kept": item["kept"]})
        except ConditionFailed:
            return False
        return True

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


def _place(shop: str, key: str) -> Key:
    return keys.standings(shop, keys.shard(key)), key


def _item(shop: str, membership: Membership) -> Item:
    pk, sk = _place(shop, membership.standing.key)
    return {"pk": pk, "sk": sk, "kept": msgspec.json.encode(membership).decode()}


def _membership(item: Item) -> Membership:
    return _decode_membership(item["kept"])
