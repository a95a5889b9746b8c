"""The changes feeds of the shops in the table."""

from collections.abc import Iterator
from contextlib import suppress

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.codecs import StoredFormats
from chalicelib.domain.kernel.timestamps import MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.live.feed import KEPT_MS, FeedRow
from chalicelib.usecases.ports.live import CaseVersion

END = ":"
"""Behind all sort keys, which begin with digits."""


class FeedTable:
    """The `FeedStore` on DynamoDB."""

    def __init__(self, table: Table, formats: StoredFormats) -> None:
        self.table = table
        self.formats = formats
        self._requested: tuple[str, Instant] | None = None

    def newest_version(self, key: str) -> CaseVersion | None:
        """The version of a case that is stored now. Nothing of it is private, so no key is needed."""
        item = self.table.get(keys.case(key), "C")
        if item is None or "state" not in item:
            return None
        case = self.formats.decode(item["state"], Case)
        return CaseVersion(case.shop, case.id, case.number, item["version"])

    def add(self, shop: str, row: FeedRow) -> None:
        """Store a row, for a day and an hour."""
        ttl = (row.at + KEPT_MS + 60 * MINUTE_MS) // SECOND_MS
        item: Item = {"pk": keys.feed(shop), "sk": row.sort, "case": row.case, "number": row.number}
        self.table.put(item | {"version": row.version, "what": row.what, "ttl": ttl})

    def rows(self, shop: str, after: str, page: int) -> Iterator[FeedRow]:
        """The rows of a shop behind a sort key, in order."""
        bounds = (f"{after}\x00", END)
        return (_read_row(item) for item in self.table.query(keys.feed(shop), between=bounds, page=page))

    def request_nudge(self, shop: str, due_at: Instant) -> None:
        """Have the shop's desks nudged; the relay sends the request to its queue, once for a shop and second."""
        if self._requested == (shop, due_at):
            return
        ttl = (due_at + KEPT_MS) // SECOND_MS
        item: Item = {"pk": f"NUDGE#{shop}", "sk": f"{due_at:013d}", "relay": "live", "ttl": ttl}
        with suppress(ConditionFailed):
            self.table.put(item, only_new=True)
        self._requested = (shop, due_at)


def _read_row(item: Item) -> FeedRow:
    noted_at = int(item["sk"].partition("#")[0])
    return FeedRow(noted_at, item["case"], item["version"], item["number"], item["what"])
