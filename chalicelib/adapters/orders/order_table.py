"""Order records in the table: listed by customer, and by the day of delivery."""

from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import last_contact_item, touch_item
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Page, VersionConflict

_decode = msgspec.json.Decoder(OrderRecord).decode


class OrderTable:
    """The `OrderStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def load(self, shop: str, order: str) -> OrderRecord | None:
        """The record of an order, by its id or by the number people use for it, with or without a sign before it. What
        statements reported for a number belongs to the order of that number once its shop reports it."""
        plain = plain_name(order)
        stored = self.table.get_ahead(keys.order_items(shop, plain))
        if stored is None:  # one query costs half of what reading both keys costs
            stored = list(self.table.query(keys.order_record(shop, plain)))
        items = {item["sk"]: item for item in stored}
        record = order_record_of(items["S"]) if "S" in items else None
        if "A" in items and (record is None or record.is_of_statements):
            return self.load_by_id(shop, items["A"]["of"]) or record
        return record if record is not None or plain == order else self.load_by_id(shop, order)

    def load_by_id(self, shop: str, order: str) -> OrderRecord | None:
        """The record of the order with this id, whatever other order has it as its number."""
        item = self.table.get(keys.order_record(shop, order), "S")
        return order_record_of(item) if item else None

    def save(
        self, before: OrderRecord, record: OrderRecord, shop: Shop, changed_days: frozenset[Day], now: Instant
    ) -> OrderRecord:
        """Save an order record in place of `before`, and mark past days. `VersionConflict` if it has been changed."""
        after = msgspec.structs.replace(record, version=before.version + 1)
        if after.customer is not None:
            self._mark_buyer(before, after, after.customer, now)
        writes = [
            self.table.put_at(_item(after, shop), before.version),
            *(self.table.put_any(_name_item(after, name)) for name in sorted(_new_names(before, after))),
            *(self.table.put_any(_day_mark(after, day)) for day in sorted(changed_days)),
            *(self.table.advance(keys.order_cases(shop.id, name), keys.LEDGER) for name in _counted(before, after)),
        ]
        try:
            self.table.transact(writes)
        except ConditionFailed:
            raise VersionConflict from None
        return after

    def _mark_buyer(self, before: OrderRecord, after: OrderRecord, customer: str, now: Instant) -> None:
        """Have the nightly job compute the buyer's segments, and note when they were last active."""
        key = key_of_id(customer)
        self.table.put(touch_item(after.shop, key, now))
        if not before.told or (before.customer, before.purchased_at) != (customer, after.purchased_at):
            self.table.put(last_contact_item(after.shop, key, after.purchased_at))

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        """A page of a customer's orders, the newest first."""
        references = self.table.query(
            keys.order_records_list(shop, customer),
            between=("0", keys.before(after) if after else ":"),
            index="by_customer",
            names=("customer_key", "listed"),
            page=limit + 1,
            backwards=True,
        )
        listed = list(islice(references, limit + 1))
        items = self.table.get_many([(reference["pk"], "S") for reference in listed[:limit]])
        records = {item["pk"]: order_record_of(item) for item in items}
        page = [records[reference["pk"]] for reference in listed[:limit] if reference["pk"] in records]
        return Page(page, listed[limit - 1]["listed"] if len(listed) > limit else None)


def order_record_of(item: Item) -> OrderRecord:
    """The order record in an item."""
    return _decode(item["sale"])


def _counted(before: OrderRecord, after: OrderRecord) -> list[str]:
    """The names of an order whose money has changed: whoever has counted it and not yet written counts it again."""
    names = {plain_name(after.external_id), plain_name(after.number or after.external_id)}
    return sorted(names) if before.money != after.money else []


def _new_names(before: OrderRecord, after: OrderRecord) -> set[str]:
    """The names by which the record can be found from now on, besides the id it is stored under."""
    number = after.number if after.number != before.number else None
    return {plain_name(name) for name in (number, after.external_id) if name} - {after.external_id}


def _item(record: OrderRecord, shop: Shop) -> Item:
    pk = keys.order_record(record.shop, record.external_id)
    delivered_at = record.delivered_at
    day = day_of(delivered_at, shop.time_zone) if delivered_at is not None else None
    return {
        "pk": pk,
        "sk": "S",
        "version": record.version,
        "sale": msgspec.json.encode(record).decode(),
        "customer_key": keys.order_records_list(record.shop, key_of_id(record.customer)) if record.customer else None,
        "listed": f"{record.purchased_at:013d}#{record.external_id}",
        "day_key": keys.day_list(record.shop, day, keys.shard(pk)) if day else None,
    }


def _name_item(record: OrderRecord, name: str) -> Item:
    """Another name of an order leads to its id."""
    return {"pk": keys.order_record(record.shop, name), "sk": "A", "of": record.external_id}


def _day_mark(record: OrderRecord, day: Day) -> Item:
    """Has the nightly job compute the metrics of a past day again."""
    pk = keys.order_record(record.shop, record.external_id)
    return {"pk": f"DIRTY#{record.shop}#{keys.shard(pk)}", "sk": f"{day}#{pk}#{record.version}"}
