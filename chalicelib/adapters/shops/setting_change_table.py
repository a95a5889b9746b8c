"""Changes of shops' settings in the table, by the page of settings and by time."""

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.parallel import at_once
from chalicelib.domain.shops.setting_changes import SettingChange, SettingPage
from chalicelib.usecases.ports.cases import Page

PAGE = 26


class SettingChangeTable:
    """The `SettingChangeStore` on DynamoDB. A change is written once and never changed."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, change: SettingChange) -> None:
        """Store a change; storing it again changes nothing."""
        item: Item = {"pk": keys.setting_changes(change.shop), "sk": f"{change.page}#{_place(change)}"}
        self.table.put(item | {"change": msgspec.json.encode(change).decode()})

    def newest(self, shop: str, pages: Sequence[SettingPage], limit: int, after: str | None) -> Page:
        """A page of the changes on these pages of settings, the newest first."""
        lists = [self._backwards(shop, page, after, min(limit + 1, PAGE)) for page in pages]
        changes = list(islice(merge(*lists, key=_place, reverse=True), limit + 1))
        return Page(changes[:limit], _place(changes[limit - 1]) if len(changes) > limit else None)

    def last(self, shop: str, pages: Sequence[SettingPage]) -> dict[str, SettingChange]:
        """The newest change on each of these pages that has one."""
        newest = at_once(lambda page: next(self._backwards(shop, page, None, 1), None), pages)
        return {change.page: change for change in newest if change is not None}

    def _backwards(self, shop: str, page: SettingPage, after: str | None, size: int) -> Iterator[SettingChange]:
        between = (f"{page}#", keys.before(f"{page}#{after}") if after else f"{page}$")
        items = self.table.query(keys.setting_changes(shop), between=between, backwards=True, page=size)
        return (msgspec.json.decode(item["change"], type=SettingChange) for item in items)


def _place(change: SettingChange) -> str:
    """Where a change stands among all, in order of time."""
    return f"{change.at:013d}#{change.id}"
