"""The timers of the coming minutes, for the sweeper."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.adapters.aws.outbox import queue_of
from chalicelib.adapters.aws.queues import Outgoing, Queues, Sending
from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant

READERS = 8
"""How many partitions are read at the same time."""
PAGE = 1_000
"""How many timers of a partition are in memory at a time."""


class TimerTable:
    """The `TimerStore` on DynamoDB."""

    def __init__(self, table: Table, queues: Queues) -> None:
        self.table = table
        self.queues = queues
        self._readers = ThreadPoolExecutor(READERS)

    def swept_to(self) -> Instant | None:
        """The instant up to which all timers were sent to their queues; None before the first time."""
        item = self.table.get("STATE", "SWEEPER")
        return item["to"] if item else None

    def note_swept(self, to: Instant) -> None:
        """Save how far timers were sent."""
        self.table.put({"pk": "STATE", "sk": "SWEEPER", "to": to})

    def hand_over(self, start: Instant, end: Instant) -> int:
        """Send the timers that are due from `start` until before `end` to their queues; how many there were."""
        minutes = range(start // MINUTE_MS, end // MINUTE_MS)
        partitions = [keys.timers(minute, shard) for minute in minutes for shard in range(keys.SHARDS)]
        with self.queues.sending() as sending:
            return sum(self._readers.map(lambda partition: self._hand_over_partition(partition, sending), partitions))

    def _hand_over_partition(self, partition: str, sending: Sending) -> int:
        timers = 0
        for item in self.table.query(partition, page=PAGE):
            timer = TimerMessage.of_item("", item["sk"])
            sending.add(Outgoing(queue_of(timer.kind), timer, timer.at))
            timers += 1
        return timers
