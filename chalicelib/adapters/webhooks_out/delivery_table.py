"""Endpoints of shops, and the log of what was delivered to them, in the table."""

from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.domain.webhooks_out.endpoint import Delivery, Endpoint
from chalicelib.usecases.ports import Page

KEEP_DAYS = 30
LEASE = 60 * SECOND_MS  # longer than a try takes: a worker that began one so long ago is gone
_encode = msgspec.json.Encoder().encode


class DeliveryTable:
    """The `DeliveryStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]:
        """A shop's endpoints, in the order they were put."""
        item = self.table.get(f"SHOP#{shop}", "W")
        return _endpoints(item) if item else ()

    def save_endpoints(self, shop: str, endpoints: tuple[Endpoint, ...]) -> None:
        """Keep these endpoints and no others."""
        self.table.put({"pk": f"SHOP#{shop}", "sk": "W", "endpoints": _encode(endpoints).decode()})

    def disable(self, shop: str, endpoint: Endpoint) -> None:
        """Keep an endpoint as disabled; when they were put anew meanwhile, the next refusal disables it."""
        item = self.table.get(f"SHOP#{shop}", "W")
        if item is None:
            return
        now = tuple(endpoint if one.name == endpoint.name else one for one in _endpoints(item))
        values = {":new": _encode(now).decode(), ":old": item["endpoints"]}
        try:
            self.table.update(item["pk"], "W", "SET #endpoints = :new", values, "#endpoints = :old")
        except Refused:
            return

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery and have it tried; whether it was new."""
        item = self._item(delivery) | {
            "relay": "deliveries",
            "status_key": _list(delivery.shop, delivery.endpoint),
            "listed": keys.listed(delivery.at, key_of_id(delivery.id)),
        }
        try:
            self.table.put(item, only_new=True)
        except Refused:
            return False
        return True

    def load(self, key: str) -> Delivery | None:
        """The delivery with this key."""
        item = self.table.get(f"OUT#{key}", "D")
        return self._read(item) if item else None

    def claim(self, delivery: Delivery, now: Instant) -> bool:
        """Whether the caller may try it now: nobody else does, and nobody did since it was read."""
        condition = "#tries = :tries AND #state = :waiting AND (attribute_not_exists(#lease) OR #lease < :now)"
        values: Item = {":tries": delivery.tries, ":waiting": "waiting", ":now": now, ":until": now + LEASE}
        try:
            self.table.update(f"OUT#{key_of_id(delivery.id)}", "D", "SET #lease = :until", values, condition)
        except Refused:
            return False
        return True

    def settle(self, delivery: Delivery, now: Instant) -> None:
        """Keep what came of a try, or that it is to be tried anew, and set the alarm of the next one."""
        if delivery.next_at is not None:
            self.table.put(timer_item(key_of_id(delivery.id), Timer(delivery.next_at, "delivery"), now))
        item = self._item(delivery)
        kept = [name for name in ("delivery", "sealed", "whose", "tries", "state") if name in item]
        self.table.update(
            item["pk"],
            "D",
            f"SET {', '.join(f'#{name} = :{name}' for name in kept)} REMOVE #lease",
            {f":{name}": item[name] for name in kept},
        )

    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page:
        """Deliveries to an endpoint, newest first."""
        bounds = ("0", after[:-1] + chr(ord(after[-1]) - 1) + "\uffff" if after else ":")
        found = self.table.query(
            _list(shop, endpoint),
            between=bounds,
            index="by_status",
            names=("status_key", "listed"),
            page=limit + 1,
            backwards=True,
        )
        listed = list(islice(found, limit + 1))
        items = self.table.get_many([(one["pk"], "D") for one in listed[:limit]])
        self.personal.ahead(items)
        known = {item["pk"]: self._read(item) for item in items}
        page = [known[one["pk"]] for one in listed[:limit] if one["pk"] in known]
        return Page(page, listed[limit - 1]["listed"] if len(listed) > limit else None)

    def _item(self, delivery: Delivery) -> Item:
        item: Item = {
            "pk": f"OUT#{key_of_id(delivery.id)}",
            "sk": "D",
            "tries": delivery.tries,
            "state": delivery.state,
            "ttl": (delivery.at + KEEP_DAYS * DAY_MS) // SECOND_MS,
        }
        return self.personal.put(item, "delivery", delivery, delivery.shop, delivery.whose)

    def _read(self, item: Item) -> Delivery:
        return self.personal.read(item, "delivery", Delivery)


def _list(shop: str, endpoint: str) -> str:
    """The partition of the index `by_status`; no status is called `out`."""
    return f"{shop}#out#{endpoint}"


def _endpoints(item: Item) -> tuple[Endpoint, ...]:
    return msgspec.json.decode(item["endpoints"], type=tuple[Endpoint, ...])
