"""The requests to understand the feedback of shops, and the alerts that are to be sent, in the table: the relay sends
both to their queues."""

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.messages import AlertMessage, LearnMessage
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant, start_of

KEEP_MS = 30 * DAY_MS


class RunTable:
    """The `RunStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def request(self, shop: str, run: str, day: Day, now: Instant) -> None:
        """Request it through the queue; a run that is requested twice runs once."""
        self._put_once(LearnMessage(shop, run).item(), {"day": day, "state": "asked", "relay": "insights"}, now)

    def requested(self, shop: str, run: str) -> Day | None:
        """The day of a request that is not done yet."""
        item = self.table.get(*LearnMessage(shop, run).item())
        return item["day"] if item is not None and item["state"] == "asked" else None

    def finish(self, shop: str, run: str) -> None:
        """Save that a run is done."""
        self.table.update(*LearnMessage(shop, run).item(), "SET #state = :done", {":done": "done"})

    def raise_alert(self, shop: str, day: Day, alert: str) -> None:
        """Have an alert of the findings of a day sent, once."""
        self._put_once(AlertMessage(shop, alert).item(), {"day": day, "relay": "notices"}, start_of(day, "UTC"))

    def day_of_alert(self, shop: str, alert: str) -> Day | None:
        """The day of the findings that have an alert; None once that is long ago."""
        item = self.table.get(*AlertMessage(shop, alert).item())
        return item["day"] if item is not None else None

    def _put_once(self, key: tuple[str, str], values: Item, now: Instant) -> None:
        try:
            self.table.put({"pk": key[0], "sk": key[1], **values, "ttl": (now + KEEP_MS) // SECOND_MS}, only_new=True)
        except ConditionFailed:
            return
