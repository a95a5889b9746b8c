"""Reads cases: one, many, and the lists that they are in."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.cases.event_queries import EventQueries
from chalicelib.adapters.cases.stored_items import listed_key, read_case
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import STATUSES, Status
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports.cases import Page, StoredCase


class CaseQueries(EventQueries):
    """The reading half of the `CaseStore` on DynamoDB."""

    def load(self, key: str) -> StoredCase:
        """The case with this key; version 0 and no case when nothing is stored."""
        item = self.table.get(keys.case(key), "C")
        return read_case(item, self.personal) if item else StoredCase(key=key)

    def load_many(self, wanted: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys, by key, read together; version 0 and no case where nothing is stored."""
        empty = {key: StoredCase(key=key) for key in wanted}
        stored_cases = self._read_cases(self.table.get_many([(keys.case(key), "C") for key in empty]))
        return empty | {stored.key: stored for stored in stored_cases}

    def everything(self) -> Iterator[StoredCase]:
        """Every stored case, by reading the whole table: for audits, never for a request."""
        items = (item for item in self.table.scan("sk", "C") if item["pk"].startswith("CASE#"))
        return (read_case(item, self.personal) for item in items)

    def _read_cases(self, items: list[Item]) -> list[StoredCase]:
        self.personal.preload(items)
        return [read_case(item, self.personal) for item in items]

    def of_order(self, shop: str, order: str) -> list[str]:
        """The keys of the cases about an order."""
        partitions = dict.fromkeys((keys.order_cases(shop, order), keys.former_order_cases(shop, order)))
        bounds = ("0", keys.LEDGER[0])
        items = (item for partition in partitions for item in self.table.query(partition, between=bounds))
        return list(dict.fromkeys(item["sk"] for item in items))

    def numbered(self, shop: str, number: str) -> str | None:
        """The key of the case with this number; None when the shop has none."""
        item = self.table.get(f"NUMBER#{shop}#{number}", "N")
        return key_of_id(item["case"]) if item else None

    def ledger(self, shop: str, order: str) -> int:
        """The version of an order's compensations; 0 when none was given."""
        item = self.table.get(keys.order_cases(shop, order), keys.LEDGER)
        return int(item["version"]) if item else 0

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        """A page of a department's open tasks, the soonest due first."""
        bounds = (f"{after}\x00" if after else "0", ":")
        rows = self.table.query(keys.task_list(shop, department), between=bounds, page=limit + 1)
        items = list(islice(rows, limit + 1))
        self.personal.preload(items[:limit])
        tasks = [item | (self.personal.opened(item) or {"title": ""}) for item in items[:limit]]
        return Page(tasks, items[limit - 1]["sk"] if len(items) > limit else None)

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        """A page of cases, the newest first, merged from the index partitions that list them."""
        statuses = (status,) if status else STATUSES
        if customer is not None:
            partitions = [keys.customer_list(shop, customer)]
            references = self._list("by_customer", "customer_key", partitions, limit, after)
        elif assignee is not None:
            partitions = [keys.assignee_list(shop, each, assignee) for each in statuses]
            references = self._list("by_assignee", "assignee_key", partitions, limit, after)
        else:
            partitions = [keys.status_list(shop, each, shard) for each in statuses for shard in range(keys.SHARDS)]
            references = self._list("by_status", "status_key", partitions, limit, after)
        return self._page(references, limit, status, assignee if customer else None)

    def _list(self, index: str, name: str, partitions: list[str], limit: int, after: str | None) -> Iterator[Item]:
        """The index entries of some partitions, the newest first."""
        bounds = ("0", keys.before(after) if after else ":")
        ranges = [
            self.table.query(
                partition, between=bounds, index=index, names=(name, "listed"), page=limit + 1, backwards=True
            )
            for partition in partitions
        ]
        return merge(*ranges, key=lambda item: item["listed"], reverse=True)

    def _page(self, references: Iterator[Item], limit: int, status: Status | None, assignee: str | None) -> Page:
        """The first `limit` cases that still have this status and assignee, for an index may be behind."""
        page: list[StoredCase] = []
        while len(page) <= limit:
            batch = list(islice(references, limit + 1))
            if not batch:
                break
            page += [stored for stored in self._load_listed(batch) if _matches(stored, status, assignee)]
        return Page(page[:limit], listed_key(page[limit - 1]) if len(page) > limit else None)

    def _load_listed(self, references: list[Item]) -> list[StoredCase]:
        """The cases of some index entries, in the same order."""
        items = self.table.get_many([(reference["pk"], "C") for reference in references])
        loaded = {keys.case(stored.key): stored for stored in self._read_cases(items)}
        return [loaded[reference["pk"]] for reference in references if reference["pk"] in loaded]


def _matches(stored: StoredCase, status: Status | None, assignee: str | None) -> bool:
    case: Case | None = stored.case
    return case is not None and status in (None, case.status) and assignee in (None, case.assignee)
