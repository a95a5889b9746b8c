"""Who was last heard of in which month, and what is to be let go of."""

from collections.abc import Iterator

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.metrics.counted_table import CountedTable
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, day_of

KEEP_DAYS = 30


class RetentionTable:
    """The nights' side of retention, by keys alone."""

    def __init__(self, table: Table, time_zone: str) -> None:
        self.table, self.time_zone = table, time_zone

    def quiet_since(self, shop: str, month: str) -> Iterator[str]:
        """The marks of all who were last heard of before this month, as far as marks tell."""
        found = self.table.query(keys.heard(shop), between=("0", month))
        return (item["sk"] for item in found)

    def request_erasure(self, shop: str, key: str, month: str, now: Instant) -> None:
        """Have a person looked at; whoever does marks them anew, or forgets them."""
        self._ask(f"RETIRE#{key}", now)
        self.table.delete(keys.heard(shop), f"{month}#{key}")

    def closed_on(self, shop: str, day: Day) -> Iterator[str]:
        """The keys of the cases that were closed on a day."""
        for case in CountedTable(self.table).cases_counted_on(shop, [day]):
            if case.closed_at is not None and day_of(case.closed_at, self.time_zone) == day:
                yield key_of_id(case.id)

    def cleared_to(self, shop: str, days: int) -> Day | None:
        """The last day whose cases' files were asked for, by a policy of so many days."""
        item = self.table.get(keys.heard(shop), "~FILES")
        return item["day"] if item and item["days"] == days else None

    def note_cleared(self, shop: str, days: int, day: Day) -> None:
        """Remember that day."""
        self.table.put({"pk": keys.heard(shop), "sk": "~FILES", "days": days, "day": day})

    def request_file_deletion(self, case: str, now: Instant) -> None:
        """Have a case's files removed."""
        self._ask(f"CLEAR#{case}", now)

    def _ask(self, pk: str, now: Instant) -> None:
        ttl = (now + KEEP_DAYS * DAY_MS) // SECOND_MS
        self.table.put({"pk": pk, "sk": f"{now:013d}", "relay": "intake", "ttl": ttl})
