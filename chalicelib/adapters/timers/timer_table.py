"""The alarms of the coming minutes, for the sweeper."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Table
from chalicelib.adapters.aws.messages import TimerMessage
from chalicelib.adapters.aws.outbox import queue_of
from chalicelib.adapters.aws.queues import Outgoing, Queues
from chalicelib.domain.kernel.timestamps import MINUTE_MS, SECOND_MS, Instant

AT_ONCE = 16  # partitions read side by side


class TimerTable:
    """The sweeper's view of alarms: how far it came, and what rings in a minute."""

    def __init__(self, table: Table, queues: Queues) -> None:
        self.table = table
        self.queues = queues

    def swept_to(self) -> Instant | None:
        """The instant up to which alarms were handed over; None before the first sweep."""
        item = self.table.get("STATE", "SWEEPER")
        return item["to"] if item else None

    def note_swept(self, to: Instant) -> None:
        """Remember how far the sweep came."""
        self.table.put({"pk": "STATE", "sk": "SWEEPER", "to": to})

    def hand_over(self, start: Instant, end: Instant, now: Instant) -> int:
        """Send each alarm that rings in the minutes from `start` until `end` to its queue; how many there were."""
        minutes = range(start // MINUTE_MS, end // MINUTE_MS)
        partitions = [f"DUE#{minute}#{shard}" for minute in minutes for shard in range(keys.SHARDS)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = [item for items in pool.map(lambda pk: list(self.table.query(pk)), partitions) for item in items]
        self.queues.send([_outgoing(item["sk"], now) for item in found])
        return len(found)


def _outgoing(sort: str, now: Instant) -> Outgoing:
    timer = TimerMessage.of_item("", sort)
    return Outgoing(queue_of(timer.kind), timer, delay_until(timer.at, now))


def delay_until(at: Instant, now: Instant) -> int:
    """Whole seconds a queue may hold an alarm back without making it late; the worker waits for the rest."""
    return max(0, (at - now) // SECOND_MS)
