"""A shop's macros in the table: the newest version of each, and all versions."""

from collections.abc import Iterable
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.composer.macros import Macro
from chalicelib.usecases.ports.cases import Page, VersionConflict


class MacroTable:
    """The `MacroStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def load(self, shop: str, macro: str) -> Macro | None:
        """The newest version of a macro; None for an empty id, which no key may be."""
        item = self.table.get(keys.macros(shop), macro) if macro else None
        return _read(item) if item else None

    def load_many(self, shop: str, macros: Iterable[str]) -> dict[str, Macro]:
        """The newest versions of these macros, by id."""
        items = self.table.get_many([(keys.macros(shop), macro) for macro in macros])
        return {item["sk"]: _read(item) for item in items}

    def all(self, shop: str) -> list[Macro]:
        """The newest version of each macro of a shop, by id."""
        return [_read(item) for item in self.table.query(keys.macros(shop))]

    def versions(self, shop: str, macro: str, limit: int, after: str | None) -> Page:
        """A page of the versions of a macro, the newest first."""
        between = ("0", keys.before(after)) if after else None
        query = self.table.query(keys.macro_versions(shop, macro), between=between, page=limit + 1, backwards=True)
        items = list(islice(query, limit + 1))
        more = items[limit - 1]["sk"] if len(items) > limit else None
        return Page([_read(item) for item in items[:limit]], more)

    def add(self, macro: Macro) -> None:
        """Store the next version of a macro; VersionConflict when it exists already."""
        text = msgspec.json.encode(macro).decode()
        newest: Item = {"pk": keys.macros(macro.shop), "sk": macro.id, "version": macro.version, "macro": text}
        version: Item = {"pk": keys.macro_versions(macro.shop, macro.id), "sk": f"{macro.version:06d}", "macro": text}
        try:
            self.table.transact([self.table.put_at(newest, macro.version - 1), self.table.put_new(version)])
        except ConditionFailed:
            raise VersionConflict from None


def _read(item: Item) -> Macro:
    return msgspec.json.decode(item["macro"], type=Macro)
