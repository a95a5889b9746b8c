"""Reading cases: one, many, their events, and the lists they stand in."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.adapters.cases.case_items import listed_of, opening_of, read_event, stored_of
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.kernel.enums import STATUSES, Status
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports import Page, StoredCase


class CaseQueries:
    """The reading half of the `CaseStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def load(self, key: str) -> StoredCase:
        """The case with this key; version 0 when nothing was told of it."""
        item = self.table.get(keys.case(key), "C")
        return stored_of(item, self.personal) if item else StoredCase(key=key)

    def load_many(self, wanted: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys, by key, read together; version 0 where nothing was told."""
        blank = {key: StoredCase(key=key) for key in wanted}
        found = self._stored(self.table.get_many([(keys.case(key), "C") for key in blank]))
        return blank | {stored.key: stored for stored in found}

    def everything(self) -> Iterator[StoredCase]:
        """Every case there is, by reading the whole table: for audits, never for a request."""
        found = (item for item in self.table.scan("sk", "C") if item["pk"].startswith("CASE#"))
        return (stored_of(item, self.personal) for item in found)

    def events(self, key: str) -> list[Event]:
        """All events of a case, in order."""
        return self._events(self.table.query(keys.case(key), between=("E#", "E$")))

    def _events(self, found: Iterable[Item]) -> list[Event]:
        items = list(found)
        self.personal.preload(items)
        return [read_event(item, self.personal) for item in items]

    def _stored(self, items: list[Item]) -> list[StoredCase]:
        self.personal.preload(items)
        return [stored_of(item, self.personal) for item in items]

    def opening(self, wanted: Iterable[str]) -> dict[str, CaseOpened]:
        """The opening facts of these cases, by key."""
        found = self.table.get_many([(keys.case(key), keys.event("0")) for key in wanted])
        events = zip(found, self._events(found), strict=True)
        return {item["pk"].removeprefix("CASE#"): opening_of(event) for item, event in events}

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        """Events in order, from behind the one whose order is `after`."""
        bounds = (keys.event(after) + "\x00" if after else "E#", "E$")
        items = list(islice(self.table.query(keys.case(key), between=bounds, page=limit + 1), limit + 1))
        page = self._events(items[:limit])
        return Page(page, page[-1].order if len(items) > limit else None)

    def of_order(self, shop: str, order: str) -> list[str]:
        """The keys of the cases about an order."""
        lists = dict.fromkeys((keys.order_cases(shop, order), keys.former_order_cases(shop, order)))
        bounds = ("0", keys.LEDGER[0])
        return list(dict.fromkeys(item["sk"] for one in lists for item in self.table.query(one, between=bounds)))

    def numbered(self, shop: str, number: str) -> str | None:
        """The key of the case people call by that number."""
        item = self.table.get(f"NUMBER#{shop}#{number}", "N")
        return key_of_id(item["case"]) if item else None

    def ledger(self, shop: str, order: str) -> int:
        """How often something was given for an order."""
        item = self.table.get(keys.order_cases(shop, order), keys.LEDGER)
        return int(item["version"]) if item else 0

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        """The open tasks of a department, the soonest due first."""
        bounds = (f"{after}\x00" if after else "0", ":")
        found = self.table.query(keys.task_list(shop, department), between=bounds, page=limit + 1)
        items = list(islice(found, limit + 1))
        self.personal.preload(items[:limit])
        shown = [item | (self.personal.opened(item) or {"title": ""}) for item in items[:limit]]
        return Page(shown, items[limit - 1]["sk"] if len(items) > limit else None)

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        """Cases newest first. A list is the merge of the index partitions that hold it."""
        statuses = (status,) if status else STATUSES
        if customer is not None:
            found = self._list("by_customer", "customer_key", [keys.customer_list(shop, customer)], limit, after)
        elif assignee is not None:
            lists = [keys.assignee_list(shop, one, assignee) for one in statuses]
            found = self._list("by_assignee", "assignee_key", lists, limit, after)
        else:
            lists = [keys.status_list(shop, one, shard) for one in statuses for shard in range(keys.SHARDS)]
            found = self._list("by_status", "status_key", lists, limit, after)
        return self._page(found, limit, status, assignee if customer else None)

    def _list(self, index: str, name: str, lists: list[str], limit: int, after: str | None) -> Iterator[Item]:
        bounds = ("0", keys.before(after) if after else ":")
        ranges = [
            self.table.query(one, between=bounds, index=index, names=(name, "listed"), page=limit + 1, backwards=True)
            for one in lists
        ]
        return (item for item in merge(*ranges, key=lambda item: item["listed"], reverse=True))

    def _page(self, found: Iterator[Item], limit: int, status: Status | None, assignee: str | None) -> Page:
        page: list[StoredCase] = []
        for batch in iter(lambda: list(islice(found, limit + 1)), []):
            loaded = {
                keys.case(one.key): one
                for one in self._stored(self.table.get_many([(one["pk"], "C") for one in batch]))
            }
            for one in batch:
                stored = loaded.get(one["pk"])
                if stored and stored.case and _fits(stored.case, status, assignee):
                    page.append(stored)
            if len(page) > limit:
                break
        more = len(page) > limit
        return Page(page[:limit], listed_of(page[limit - 1]) if more else None)


def _fits(case: Case, status: Status | None, assignee: str | None) -> bool:
    return status in (None, case.status) and assignee in (None, case.assignee)
