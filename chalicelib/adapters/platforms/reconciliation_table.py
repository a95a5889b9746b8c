"""The pages of the nightly comparison with platforms, stored for a month."""

from collections.abc import Iterator

import msgspec

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.domain.platforms.reconciliation import Reconciliation

KEEP_DAYS = 31


class ReconciliationTable:
    """The `ReconciliationStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, page: Reconciliation) -> None:
        """Store a page and have the relay send it to be compared; no effect if it was added before."""
        try:
            self.table.put(_item(page) | {"relay": "intake"}, only_new=True)
        except ConditionFailed:
            return

    def load(self, page: Reconciliation) -> Reconciliation | None:
        """The page as it is stored."""
        item = self.table.get(_pk(page.shop), _sk(page))
        return _read(item) if item else None

    def page(self, shop: str, page: str) -> Reconciliation | None:
        """The page with this sort key: source, day and number, as in its queue message."""
        item = self.table.get(_pk(shop), page)
        return _read(item) if item else None

    def settle(self, page: Reconciliation) -> None:
        """Save a page with its result."""
        self.table.put(_item(page))

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        """The pages of a source, those of the newest day first."""
        bounds = (f"{source}#", f"{source}$")
        return (_read(item) for item in self.table.query(_pk(shop), between=bounds, page=10, backwards=True))


def _pk(shop: str) -> str:
    return f"RECON#{shop}"


def _sk(page: Reconciliation) -> str:
    return f"{page.source}#{page.day}#{page.page:06d}"


def _item(page: Reconciliation) -> Item:
    ttl = (page.since + KEEP_DAYS * DAY_MS) // SECOND_MS
    return {"pk": _pk(page.shop), "sk": _sk(page), "page": msgspec.json.encode(page).decode(), "ttl": ttl}


def _read(item: Item) -> Reconciliation:
    return msgspec.json.decode(item["page"], type=Reconciliation)
