"""The endpoints of shops, and the log of deliveries to them, in the table."""

from contextlib import suppress
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.domain.webhooks_out.endpoint import Delivery, Endpoint
from chalicelib.usecases.ports.cases import Page

KEEP_DAYS = 30
HOLD = "WH"
LEASE_MS = 60 * SECOND_MS  # longer than an attempt takes: the worker of an older one is gone
_encode = msgspec.json.Encoder().encode


class DeliveryTable:
    """The `DeliveryStore` port on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]:
        """A shop's endpoints, in the order the shop gave them."""
        item = self.table.get(f"SHOP#{shop}", "W")
        return _endpoints(item) if item else ()

    def save_endpoints(self, shop: str, before: tuple[Endpoint, ...], after: tuple[Endpoint, ...]) -> bool:
        """Replace all endpoints of a shop; False, and nothing happens, if they are not those `before` any more."""
        item = self.table.get(f"SHOP#{shop}", "W")
        if (_endpoints(item) if item else ()) != before:
            return False
        values = {":new": _encode(after).decode()} | ({":old": item["endpoints"]} if item else {})
        condition = "#endpoints = :old" if item else "attribute_not_exists(#endpoints)"
        try:
            self.table.update(f"SHOP#{shop}", "W", "SET #endpoints = :new", values, condition)
        except ConditionFailed:
            return False
        return True

    def hold(self, shop: str, now: Instant, until: Instant) -> bool:
        """Keep others from changing a shop's endpoints until then, or until `release`; False while somebody else
        does."""
        condition = "attribute_not_exists(#held) OR #held <= :now"
        try:
            self.table.update(f"SHOP#{shop}", HOLD, "SET #held = :until", {":until": until, ":now": now}, condition)
        except ConditionFailed:
            return False
        return True

    def release(self, shop: str, until: Instant) -> None:
        """End the hold that was made until then; another one stays."""
        with suppress(ConditionFailed):
            self.table.update(f"SHOP#{shop}", HOLD, "REMOVE #held", {":until": until}, "#held = :until")

    def disable(self, shop: str, endpoint: Endpoint) -> None:
        """Replace the endpoint of this name by the disabled one. When the shop saves its endpoints at the same time,
        nothing happens: the next 410 disables it."""
        item = self.table.get(f"SHOP#{shop}", "W")
        if item is None:
            return
        endpoints = tuple(endpoint if stored.name == endpoint.name else stored for stored in _endpoints(item))
        values = {":new": _encode(endpoints).decode(), ":old": item["endpoints"]}
        try:
            self.table.update(item["pk"], "W", "SET #endpoints = :new", values, "#endpoints = :old")
        except ConditionFailed:
            return

    def add(self, delivery: Delivery) -> bool:
        """Store a new delivery and have it attempted; False when it is stored already."""
        item = self._item(delivery) | {
            "relay": "deliveries",
            "status_key": _list(delivery.shop, delivery.endpoint),
            "listed": keys.listed(delivery.at, key_of_id(delivery.id)),
        }
        try:
            self.table.put(item, only_new=True)
        except ConditionFailed:
            return False
        return True

    def load(self, key: str) -> Delivery | None:
        """The delivery with this key."""
        item = self.table.get(f"OUT#{key}", "D")
        return self._read(item) if item else None

    def reserve(self, delivery: Delivery, now: Instant) -> bool:
        """Whether the caller may attempt it now: no other worker does, and none did since it was loaded."""
        condition = "#tries = :tries AND #state = :waiting AND (attribute_not_exists(#lease) OR #lease < :now)"
        values: Item = {":tries": delivery.tries, ":waiting": "waiting", ":now": now, ":until": now + LEASE_MS}
        try:
            self.table.update(f"OUT#{key_of_id(delivery.id)}", "D", "SET #lease = :until", values, condition)
        except ConditionFailed:
            return False
        return True

    def settle(self, delivery: Delivery, now: Instant) -> None:
        """Store a delivery after an attempt or a replay, end the lease, and set the timer of the next attempt."""
        if delivery.next_at is not None:
            self.table.put(timer_item(key_of_id(delivery.id), Timer(delivery.next_at, "delivery"), now))
        item = self._item(delivery)
        names = [name for name in ("delivery", "sealed", "whose", "tries", "state") if name in item]
        self.table.update(
            item["pk"],
            "D",
            f"SET {', '.join(f'#{name} = :{name}' for name in names)} REMOVE #lease",
            {f":{name}": item[name] for name in names},
        )

    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page:
        """A page of the deliveries to an endpoint, the newest first."""
        bounds = ("0", keys.before(after) if after else ":")
        entries = self.table.query(
            _list(shop, endpoint),
            between=bounds,
            index="by_status",
            names=("status_key", "listed"),
            page=limit + 1,
            backwards=True,
        )
        listed = list(islice(entries, limit + 1))
        items = self.table.get_many([(entry["pk"], "D") for entry in listed[:limit]])
        self.personal.preload(items)
        deliveries = {item["pk"]: self._read(item) for item in items}
        page = [deliveries[entry["pk"]] for entry in listed[:limit] if entry["pk"] in deliveries]
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
    """The partition of the index `by_status` with an endpoint's deliveries; no status is called `out`."""
    return f"{shop}#out#{endpoint}"


def _endpoints(item: Item) -> tuple[Endpoint, ...]:
    return msgspec.json.decode(item["endpoints"], type=tuple[Endpoint, ...])
