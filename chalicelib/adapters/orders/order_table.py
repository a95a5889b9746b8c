"""Sales in the table: listed by their customer, and on the day they were delivered."""

from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import last_contact_item, touch_item
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import Page, VersionConflict

_decode = msgspec.json.Decoder(OrderRecord).decode


class OrderTable:
    """The `OrderStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def load(self, shop: str, order: str) -> OrderRecord | None:
        """What was told of an order, by the platform's id of it or by the number people call it, with what they put
        around it or without. What only statements told of a number is with the order once that was told."""
        plain = plain_name(order)
        found = {item["sk"]: item for item in self.table.query(keys.order_record(shop, plain))}
        sale = order_record_of(found["S"]) if "S" in found else None
        if "A" in found and (sale is None or sale.is_of_statements):
            return self.own(shop, found["A"]["of"]) or sale
        return sale if sale is not None or plain == order else self.own(shop, order)

    def own(self, shop: str, order: str) -> OrderRecord | None:
        """What was told of an order by its id, whatever other order has that for its number."""
        item = self.table.get(keys.order_record(shop, order), "S")
        return order_record_of(item) if item else None

    def save(
        self, before: OrderRecord, sale: OrderRecord, shop: Shop, dirty: frozenset[Day], now: Instant
    ) -> OrderRecord:
        """Save an order record over the one it was made from and mark past days, or `VersionConflict`."""
        after = msgspec.structs.replace(sale, version=before.version + 1)
        marks = [self.table.put_any(_mark(after, day)) for day in sorted(dirty)]
        called = [self.table.put_any(_called(after, name)) for name in sorted(_new_names(before, after))]
        if after.customer is not None:
            self.table.put(touch_item(shop.id, key_of_id(after.customer), now))
            self.table.put(last_contact_item(shop.id, key_of_id(after.customer), after.purchased_at))
        counted = [self.table.advance(keys.order_cases(shop.id, one), keys.LEDGER) for one in _counted(before, after)]
        try:
            self.table.transact([self.table.put_at(_item(after, shop), before.version), *called, *marks, *counted])
        except Refused:
            raise VersionConflict from None
        return after

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        """A customer's orders, the newest first."""
        bounds = ("0", keys.before(after) if after else ":")
        found = self.table.query(
            keys.order_records_list(shop, customer),
            between=bounds,
            index="by_customer",
            names=("customer_key", "listed"),
            page=limit + 1,
            backwards=True,
        )
        page = list(islice(found, limit + 1))
        sales = {
            item["pk"]: order_record_of(item)
            for item in self.table.get_many([(one["pk"], "S") for one in page[:limit]])
        }
        items = [sales[one["pk"]] for one in page[:limit] if one["pk"] in sales]
        return Page(items, page[limit - 1]["listed"] if len(page) > limit else None)


def order_record_of(item: Item) -> OrderRecord:
    """The sale of an item."""
    return _decode(item["sale"])


def _counted(before: OrderRecord, after: OrderRecord) -> list[str]:
    """The names of an order whose money is to be counted anew: who counted it and did not write yet starts over."""
    names = {plain_name(after.external_id), plain_name(after.number or after.external_id)}
    return sorted(names) if before.money != after.money else []


def _new_names(before: OrderRecord, after: OrderRecord) -> set[str]:
    """By what names it is found from now on, beside the one it lies under."""
    number = after.number if after.number != before.number else None
    return {plain_name(name) for name in (number, after.external_id) if name} - {after.external_id}


def _item(sale: OrderRecord, shop: Shop) -> Item:
    pk, delivered = keys.order_record(sale.shop, sale.external_id), sale.delivered_at
    day = day_of(delivered, shop.time_zone) if delivered is not None else None
    return {
        "pk": pk,
        "sk": "S",
        "version": sale.version,
        "sale": msgspec.json.encode(sale).decode(),
        "customer_key": keys.order_records_list(sale.shop, key_of_id(sale.customer)) if sale.customer else None,
        "listed": f"{sale.purchased_at:013d}#{sale.external_id}",
        "day_key": keys.day_list(sale.shop, day, keys.shard(pk)) if day else None,
    }


def _called(sale: OrderRecord, number: str) -> Item:
    """An order's number leads to it."""
    return {"pk": keys.order_record(sale.shop, number), "sk": "A", "of": sale.external_id}


def _mark(sale: OrderRecord, day: Day) -> Item:
    pk = keys.order_record(sale.shop, sale.external_id)
    return {"pk": f"DIRTY#{sale.shop}#{keys.shard(pk)}", "sk": f"{day}#{pk}#{sale.version}"}
