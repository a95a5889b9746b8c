"""Retention in the table: in which month each customer was last active, and what is to be deleted."""

from collections.abc import Iterator

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.metrics.metric_table import MetricTable
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, day_of
from chalicelib.usecases.ports.files import ContactMark, Retained

KEEP_DAYS = 30


class RetentionTable:
    """The `RetentionStore` on DynamoDB. It knows customers by keys alone."""

    def __init__(self, table: Table, counted: MetricTable, time_zone: str) -> None:
        self.table, self.counted, self.time_zone = table, counted, time_zone

    def quiet_since(self, shop: str, month: str) -> Iterator[ContactMark]:
        """The marks of customers who may have been inactive since before this month."""
        shards = [keys.last_contacts(shop, shard) for shard in range(keys.SHARDS)]
        for partition in (*shards, keys.retention(shop)):
            for item in self.table.query(partition, between=("0", month)):
                yield item["pk"], item["sk"]

    def request_erasure(self, key: str, now: Instant) -> None:
        """Have a customer checked by a worker, which erases them or marks them again."""
        self._request(f"RETIRE#{key}", now)

    def clear(self, mark: ContactMark) -> None:
        """Remove a mark whose customer was requested to be checked."""
        self.table.delete(*mark)

    def closed_on(self, shop: str, day: Day) -> Iterator[Case]:
        """The cases that were closed on a day."""
        for case in self.counted.cases_counted_on(shop, [day]):
            if case.closed_at is not None and day_of(case.closed_at, self.time_zone) == day:
                yield case

    def is_newest(self, case: Case) -> bool:
        """Whether the customer has opened no case after this one."""
        partition = keys.customer_list(case.shop, key_of_id(case.customer))
        listed = self.table.query(
            partition, index="by_customer", names=("customer_key", "listed"), page=1, backwards=True
        )
        newest = next(listed, None)
        return newest is None or newest["listed"] <= keys.listed(case.opened_at, key_of_id(case.id))

    def first_day(self, shop: str) -> Day | None:
        """The first day on which anything of the shop was counted."""
        return next(self.counted.computed_days(shop), None)

    def looked_to(self, shop: str, what: Retained, days: int) -> Day | None:
        """The last day whose closed cases were looked at, under a policy of so many days."""
        item = self.table.get(keys.retention(shop), f"~{what.upper()}")
        return item["day"] if item and item["days"] == days else None

    def note_looked(self, shop: str, what: Retained, days: int, day: Day) -> None:
        """Store that day for `looked_to`."""
        self.table.put({"pk": keys.retention(shop), "sk": f"~{what.upper()}", "days": days, "day": day})

    def request_file_deletion(self, case: str, now: Instant) -> None:
        """Have a case's files deleted by a worker."""
        self._request(f"CLEAR#{case}", now)

    def _request(self, pk: str, now: Instant) -> None:
        ttl = (now + KEEP_DAYS * DAY_MS) // SECOND_MS
        self.table.put({"pk": pk, "sk": f"{now:013d}", "relay": "intake", "ttl": ttl})
