"""The metrics' side of the table: which days were requested to be computed."""

from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant

KEEP_RUNS_DAYS = 30


class RunTable:
    """The runs of the nightly job."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def request_run(self, run: str, shop: str, day: Day, now: Instant, part: int = 1) -> None:
        """Have a day computed: the relay takes the request to its queue. `part`: how often the run was continued."""
        sort = run if part == 1 else f"{run}#{part}"
        ttl = (now + KEEP_RUNS_DAYS * DAY_MS) // SECOND_MS
        item: Item = {"pk": f"NIGHT#{shop}", "sk": sort, "day": day, "state": "asked", "relay": "metrics", "ttl": ttl}
        try:
            self.table.put(item, only_new=True)
        except Refused:
            return

    def requested_run(self, shop: str, sort: str) -> Item | None:
        """The `day` and the `state` of a request; None once its time to live is over."""
        return self.table.get(f"NIGHT#{shop}", sort)

    def finish_run(self, shop: str, run: str, days: int, report: str | None) -> None:
        """Save that a run is done, how many days its last part computed, and the key of its report."""
        values = {":done": "done", ":days": days, ":report": report or "-"}
        self.table.update(f"NIGHT#{shop}", run, "SET #state = :done, #days = :days, #report = :report", values)

    def last_requested_day(self, shop: str) -> Day | None:
        """The last day that was requested because it had ended."""
        item = self.table.get(f"NIGHT#{shop}", "LAST")
        return item["day"] if item else None

    def save_requested_day(self, shop: str, day: Day) -> None:
        """Save that this day was requested because it had ended."""
        self.table.put({"pk": f"NIGHT#{shop}", "sk": "LAST", "day": day})
