"""The timers of the coming minutes, for the sweeper."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.adapters.aws.outbox import queue_of
from chalicelib.adapters.aws.queues import Outgoing, Queues
from chalicelib.domain.kernel.timestamps import MINUTE_MS, SECOND_MS, Instant

THREADS = 16  # so many partitions are read at the same time


class TimerTable:
    """The `TimerStore` on DynamoDB."""

    def __init__(self, table: Table, queues: Queues) -> None:
        self.table = table
        self.queues = queues

    def swept_to(self) -> Instant | None:
        """The instant up to which all timers were sent to their queues; None before the first time."""
        item = self.table.get("STATE", "SWEEPER")
        return item["to"] if item else None

    def note_swept(self, to: Instant) -> None:
        """Save how far timers were sent."""
        self.table.put({"pk": "STATE", "sk": "SWEEPER", "to": to})

    def hand_over(self, start: Instant, end: Instant, now: Instant) -> int:
        """Send the timers that are due from `start` until before `end` to their queues; how many there were."""
        minutes = range(start // MINUTE_MS, end // MINUTE_MS)
        partitions = [f"DUE#{minute}#{shard}" for minute in minutes for shard in range(keys.SHARDS)]
        with ThreadPoolExecutor(THREADS) as pool:
            timers = [item for items in pool.map(self._read_partition, partitions) for item in items]
        self.queues.send([_outgoing(item["sk"], now) for item in timers])
        return len(timers)

    def _read_partition(self, partition: str) -> list[Item]:
        return list(self.table.query(partition))


def _outgoing(sort: str, now: Instant) -> Outgoing:
    timer = TimerMessage.of_item("", sort)
    return Outgoing(queue_of(timer.kind), timer, delay_until(timer.at, now))


def delay_until(due_at: Instant, now: Instant) -> int:
    """The delay of a timer in the queue, in whole seconds, so that it is not late; the worker waits for the rest."""
    return max(0, (due_at - now) // SECOND_MS)
