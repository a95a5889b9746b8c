"""Order records in memory."""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import Page, VersionConflict


class FakeOrderRecords:
    """Order records by shop and order."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], OrderRecord] = {}
        self.dirty: set[str] = set()
        self.ledgers: dict[str, int] = {}
        """The ledgers of the cases: an update about money advances them, as the table does."""

    def load(self, shop: str, order: str) -> OrderRecord | None:
        plain = plain_name(order)
        others = [row for row in self.stored.values() if row.shop == shop and row.external_id != plain]
        numbered = next((row for row in others if plain in map(plain_name, (row.external_id, row.number or ""))), None)
        own = self.stored.get((shop, plain))
        return numbered if numbered is not None and (own is None or own.is_of_statements) else own

    def load_by_id(self, shop: str, order: str) -> OrderRecord | None:
        return self.stored.get((shop, order))

    def save(
        self, before: OrderRecord, order: OrderRecord, shop: Shop, dirty: frozenset[str], now: Instant
    ) -> OrderRecord:
        earlier = self.stored.get((order.shop, order.external_id))
        if (earlier.version if earlier else 0) != before.version:
            raise VersionConflict
        if before.money != order.money:
            for name in {plain_name(name) for name in (order.external_id, order.number or order.external_id)}:
                self.ledgers[name] = self.ledgers.get(name, 0) + 1
        new = replace(order, version=before.version + 1)
        self.stored[order.shop, order.external_id] = msgspec.json.decode(msgspec.json.encode(new), type=OrderRecord)
        self.dirty |= dirty
        return self.stored[order.shop, order.external_id]

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        return Page(
            [row for row in self.stored.values() if row.customer and key_of_id(row.customer) == customer][:limit]
        )
