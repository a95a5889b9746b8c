"""Lists cases by status, assignee and customer, the newest first."""

import time
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import chain, groupby, islice

from msgspec import Struct

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import MAX_KEYS, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.parallel import at_once
from chalicelib.adapters.cases.case_queries import CaseQueries
from chalicelib.adapters.cases.status_lists import FORMER_LISTS, OPEN, assignee_lists_of, former_lists_of, lists_of
from chalicelib.adapters.cases.stored_items import listed_key
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import Status
from chalicelib.usecases.ports.cases import Page, StoredCase

MAX_READ = 2_000
"""How many cases of a list are read at most for one page, which takes about a second. Among tens of thousands of open
cases that have another status, a page may therefore have few cases or none, and a cursor."""
EMPTY_SECONDS = 60
"""How long a list of earlier versions that was found empty is not read again. It may fill while a new version is
deployed, because functions of the one before still write to it."""


class _Wanted(Struct, frozen=True):
    """Which cases to list, and from where: partitions of an index, and those in which earlier versions listed them."""

    index: str
    partitions: Sequence[str]
    former: Sequence[str] = ()
    status: Status | None = None
    assignee: str | None = None

    def matches(self, case: Case) -> bool:
        """Whether the case has this status and assignee: a list has several statuses, and an index may be behind."""
        return self.status in (None, case.status) and self.assignee in (None, case.assignee)


class CaseLists(CaseQueries):
    """The part of the `CaseStore` on DynamoDB that lists cases."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        super().__init__(table, personal)
        self._empty_until: dict[str, float] = {}

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
        if customer is not None:
            wanted = _Wanted("customer", [keys.customer_list(shop, customer)], (), status, assignee)
        elif assignee is not None:
            partitions = [keys.assignee_list(shop, each, assignee) for each in assignee_lists_of(status)]
            former = [keys.assignee_list(shop, each, assignee) for each in former_lists_of(status)]
            wanted = _Wanted("assignee", partitions, former, status, assignee)
        else:
            wanted = _Wanted("status", _shards(shop, lists_of(status)), _shards(shop, former_lists_of(status)), status)
        return self._page(wanted, limit, after)

    def open_cases(self, shop: str, limit: int, after: str | None) -> Page:
        """A page of the cases that are worked on, the newest first: those of all statuses that the list has."""
        return self._page(_Wanted("status", _shards(shop, (OPEN,)), _shards(shop, FORMER_LISTS)), limit, after)

    def _page(self, wanted: _Wanted, limit: int, after: str | None) -> Page:
        """The first `limit` cases that match, or fewer if that many cannot be found in time. If many do not match, more
        are loaded at a time."""
        references = self._references(wanted, limit, after)
        page: list[StoredCase] = []
        batch, read = list(islice(references, limit + 1)), 0
        while batch:
            page += self._load_listed(wanted, batch)
            if len(page) > limit:
                return Page(page[:limit], listed_key(page[limit - 1]))
            read += len(batch)
            if read >= MAX_READ:
                return Page(page, _listed(batch[-1]))
            batch = list(islice(references, MAX_KEYS))
        return Page(page)

    def _references(self, wanted: _Wanted, limit: int, after: str | None) -> Iterator[Item]:
        """The index entries of the partitions, the newest first, and each case once: it may have moved from one
        partition to another between two queries. The first page of each partition is read at once."""
        now = time.monotonic()
        partitions = [*wanted.partitions, *(each for each in wanted.former if self._empty_until.get(each, 0) < now)]
        ranges = [self._range(wanted.index, partition, limit, after) for partition in partitions]
        pages = _first_pages(ranges, limit + 1)
        if after is None:
            empty = {partition for partition, page in zip(partitions, pages, strict=True) if not page}
            self._empty_until |= dict.fromkeys(empty & set(wanted.former), now + EMPTY_SECONDS)
        entries = [chain(page, later) for page, later in zip(pages, ranges, strict=True)]
        merged = merge(*entries, key=_listed, reverse=True)
        return (next(same) for _, same in groupby(merged, key=_listed))

    def _range(self, index: str, partition: str, limit: int, after: str | None) -> Iterator[Item]:
        return self.table.query(
            partition,
            between=("0", keys.before(after) if after else ":"),
            index=f"by_{index}",
            names=(f"{index}_key", "listed"),
            page=limit + 1,
            backwards=True,
        )

    def _load_listed(self, wanted: _Wanted, references: list[Item]) -> list[StoredCase]:
        """The cases of some index entries that match, in the same order. Only what matches is decrypted."""
        items = self.table.get_many([(reference["pk"], "C") for reference in references])
        matching = [item for item in items if wanted.matches(self.personal.clear(item, "state", Case))]
        loaded = {keys.case(stored.key): stored for stored in self._read_cases(matching)}
        return [loaded[reference["pk"]] for reference in references if reference["pk"] in loaded]


def _shards(shop: str, lists: Sequence[str]) -> list[str]:
    return [keys.status_list(shop, each, shard) for each in lists for shard in range(keys.SHARDS)]


def _listed(reference: Item) -> str:
    return str(reference["listed"])


def _first_pages(ranges: Sequence[Iterator[Item]], size: int) -> list[list[Item]]:
    """The first `size` entries of each range, read at the same time if there are several."""
    return at_once(lambda items: list(islice(items, size)), ranges)
