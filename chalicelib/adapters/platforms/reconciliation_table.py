"""The nights' comparing with platforms, page by page, for a month."""

from collections.abc import Iterator

import msgspec

from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.domain.platforms.reconciliation import Reconciliation

KEEP_DAYS = 31


class ReconciliationTable:
    """The `ReconciliationStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, asked: Reconciliation) -> None:
        """Have a page compared; one that was asked for stays as it is."""
        try:
            self.table.put(_item(asked) | {"relay": "intake"}, only_new=True)
        except Refused:
            return

    def load(self, asked: Reconciliation) -> Reconciliation | None:
        """A page as it stands."""
        item = self.table.get(_pk(asked.shop), _sk(asked))
        return _read(item) if item else None

    def page(self, shop: str, page: str) -> Reconciliation | None:
        """The page of this name: its source, day and number, as its message has it."""
        item = self.table.get(_pk(shop), page)
        return _read(item) if item else None

    def settle(self, done: Reconciliation) -> None:
        """Keep what a page came to."""
        self.table.put(_item(done))

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        """The pages of a source, the newest day's first."""
        bounds = (f"{source}#", f"{source}$")
        return (_read(item) for item in self.table.query(_pk(shop), between=bounds, page=10, backwards=True))


def _pk(shop: str) -> str:
    return f"RECON#{shop}"


def _sk(one: Reconciliation) -> str:
    return f"{one.source}#{one.day}#{one.page:06d}"


def _item(one: Reconciliation) -> Item:
    ttl = (one.since + KEEP_DAYS * DAY_MS) // SECOND_MS
    return {"pk": _pk(one.shop), "sk": _sk(one), "page": msgspec.json.encode(one).decode(), "ttl": ttl}


def _read(item: Item) -> Reconciliation:
    return msgspec.json.decode(item["page"], type=Reconciliation)
