"""Platforms with the answers that a test gives them, and the reconciliations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.reconciliation import OrderPage, Reconciliation


@dataclass
class FakePlatforms:
    """A platform that gives the answers that a test put into it."""

    orders: dict[str, OrderUpdate] = field(default_factory=dict)
    returns: dict[str, tuple[ReturnLine, ...]] = field(default_factory=dict)
    whole_returns: dict[str, PlatformReturn] = field(default_factory=dict)
    changed: list[OrderPage] = field(default_factory=list)
    """Pages of orders that changed; each leads to the next."""
    asked: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        self._ask(f"orders since {since} from {cursor}")
        place = int(cursor or 0)
        more = str(place + 1) if place + 1 < len(self.changed) else None
        return OrderPage(self.changed[place].orders, more) if self.changed else None

    def order(self, shop: str, source: Source, order: str) -> OrderUpdate | None:
        self._ask(f"order {order}")
        return self.orders.get(order)

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        self._ask(f"return {identifier}")
        return self.returns.get(identifier)

    def returned(self, shop: str, source: Source, identifier: str) -> PlatformReturn | None:
        self._ask(f"whole return {identifier}")
        return self.whole_returns.get(identifier)

    def _ask(self, asked: str) -> None:
        self.asked.append(asked)
        if self.trouble:
            raise self.trouble


class FakeReconciliations:
    """Reconciliations with a platform, page by page."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str, str, int], Reconciliation] = {}

    def add(self, asked: Reconciliation) -> None:
        self.stored.setdefault((asked.shop, asked.source, asked.day, asked.page), asked)

    def load(self, asked: Reconciliation) -> Reconciliation | None:
        return self.stored.get((asked.shop, asked.source, asked.day, asked.page))

    def settle(self, done: Reconciliation) -> None:
        self.stored[done.shop, done.source, done.day, done.page] = done

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        rows = [row for key, row in self.stored.items() if key[:2] == (shop, source)]
        return iter(sorted(rows, key=lambda row: (row.day, row.page), reverse=True))
