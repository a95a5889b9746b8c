"""Retention in the table: in which month each customer was last active, and what is to be deleted."""

from collections.abc import Iterator

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.metrics.counted_table import CountedTable
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, day_of

KEEP_DAYS = 30


class RetentionTable:
    """The `RetentionStore` on DynamoDB. It knows customers by keys alone."""

    def __init__(self, table: Table, counted: CountedTable, time_zone: str) -> None:
        self.table, self.counted, self.time_zone = table, counted, time_zone

    def quiet_since(self, shop: str, month: str) -> Iterator[str]:
        """The marks (`<month>#<key>`) of customers who may have been inactive since before this month."""
        marks = self.table.query(keys.last_contacts(shop), between=("0", month))
        return (item["sk"] for item in marks)

    def request_erasure(self, shop: str, key: str, month: str, now: Instant) -> None:
        """Have a customer checked by a worker, which erases them or marks them again."""
        self._request(f"RETIRE#{key}", now)
        self.table.delete(keys.last_contacts(shop), f"{month}#{key}")

    def closed_on(self, shop: str, day: Day) -> Iterator[str]:
        """The keys of the cases that were closed on a day."""
        for case in self.counted.cases_counted_on(shop, [day]):
            if case.closed_at is not None and day_of(case.closed_at, self.time_zone) == day:
                yield key_of_id(case.id)

    def cleared_to(self, shop: str, days: int) -> Day | None:
        """The last day whose cases' files were requested to be deleted, under a policy of so many days."""
        item = self.table.get(keys.last_contacts(shop), "~FILES")
        return item["day"] if item and item["days"] == days else None

    def note_cleared(self, shop: str, days: int, day: Day) -> None:
        """Store that day for `cleared_to`."""
        self.table.put({"pk": keys.last_contacts(shop), "sk": "~FILES", "days": days, "day": day})

    def request_file_deletion(self, case: str, now: Instant) -> None:
        """Have a case's files deleted by a worker."""
        self._request(f"CLEAR#{case}", now)

    def _request(self, pk: str, now: Instant) -> None:
        ttl = (now + KEEP_DAYS * DAY_MS) // SECOND_MS
        self.table.put({"pk": pk, "sk": f"{now:013d}", "relay": "intake", "ttl": ttl})
