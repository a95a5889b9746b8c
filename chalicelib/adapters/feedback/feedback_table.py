"""Feedback in the table: a partition for each day (UTC), in which ids sort by time."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.kernel.ids import key_of_id, time_of
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant, day_of

KEEP_MS = 800 * DAY_MS
"""Two years and some: the seasons of a year can be compared with those of the year before."""
AT_ONCE = 100
"""So many items are decrypted together, because the keys of so many people are read in one request."""


class FeedbackTable:
    """The `FeedbackStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def add(self, item: FeedbackItem) -> None:
        """Store an item, unless it is stored already."""
        place: Item = {**_place(item.shop, item.id), "ttl": (item.at + KEEP_MS) // SECOND_MS}
        with suppress(ConditionFailed):
            self.table.put(self.personal.put(place, "item", item, item.shop, _whose(item)), only_new=True)

    def add_reported(self, item: FeedbackItem) -> bool:
        """Store an item that the shop reports, unless it has reported one of this key before; whether it is the first.
        Which item counts is stored before the item: a repeated call stores the same one again."""
        ttl = (item.at + KEEP_MS) // SECOND_MS
        told: Item = {"pk": keys.reported_feedback(item.shop), "sk": key_of_id(item.id), "id": item.id, "ttl": ttl}
        try:
            self.table.put(told, only_new=True)
        except ConditionFailed as refused:
            if (refused.reasons[0] or {}).get("id") != item.id:
                return False
        self.add(item)
        return True

    def between(self, shop: str, first: Instant, end: Instant) -> Iterator[FeedbackItem]:
        """The items from one instant to before another, in the order of time."""
        items = (
            item
            for day in range(first // DAY_MS, (end - 1) // DAY_MS + 1)
            for item in self.table.query(keys.feedback(shop, day_of(day * DAY_MS, "UTC")))
        )
        return (item for item in self._read(items) if first <= item.at < end)

    def load(self, shop: str, ids: Iterable[str]) -> dict[str, FeedbackItem]:
        """The items with these ids, by id; missing ones are left out."""
        places = [_place(shop, identifier) for identifier in ids]
        items = self.table.get_many([(place["pk"], place["sk"]) for place in places])
        return {item.id: item for item in self._read(iter(items))}

    def _read(self, items: Iterator[Item]) -> Iterator[FeedbackItem]:
        while batch := list(islice(items, AT_ONCE)):
            self.personal.preload(batch)
            yield from (self.personal.read(item, "item", FeedbackItem) for item in batch)


def _place(shop: str, identifier: str) -> Item:
    return {"pk": keys.feedback(shop, day_of(time_of(identifier) or 0, "UTC")), "sk": identifier}


def _whose(item: FeedbackItem) -> str:
    """The name of the key that encrypts an item: its person's; of people whom nobody names, one for each month."""
    return key_of_id(item.customer) if item.customer else f"told-{day_of(item.at, 'UTC')[:7]}"
