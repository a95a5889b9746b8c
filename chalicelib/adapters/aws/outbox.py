"""The items of timers, which the relay takes to their queues."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.timers.timer_source import Timer

RELAYED = 15 * MINUTE_MS  # the longest delay of a queue; later alarms are the sweeper's


DUE_DAYS = 30


def timer_item(key: str, timer: Timer, now: Instant) -> Item:
    """The item of an alarm; the relay takes it to its queue when a queue's delay can hold it."""
    relay = queue_of(timer.kind) if timer.at <= now + RELAYED else None
    return {
        "pk": keys.timer_bucket(timer.at, key),
        "sk": keys.timer_sort(timer.at, timer.kind, key),
        "relay": relay,
        "ttl": (max(timer.at, now) + DUE_DAYS * DAY_MS) // SECOND_MS,
    }


def queue_of(kind: str) -> str:
    """The queue of alarms of this kind."""
    return {"survey": "surveys", "delivery": "deliveries", "shift": "routing"}.get(kind, "clocks")
