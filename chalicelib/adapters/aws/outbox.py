"""The items of timers, which the relay takes to their queues."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import DAY, MINUTE, SECOND, Instant
from chalicelib.domain.timers.due_timers import Alarm

RELAYED = 15 * MINUTE  # the longest delay of a queue; later alarms are the sweeper's


DUE_DAYS = 30


def due_item(key: str, alarm: Alarm, now: Instant) -> Item:
    """The item of an alarm; the relay takes it to its queue when a queue's delay can hold it."""
    relay = relay_of(alarm.kind) if alarm.at <= now + RELAYED else None
    return {
        "pk": keys.due(alarm.at, key),
        "sk": keys.due_sort(alarm.at, alarm.kind, key),
        "relay": relay,
        "ttl": (max(alarm.at, now) + DUE_DAYS * DAY) // SECOND,
    }


def relay_of(kind: str) -> str:
    """The queue of alarms of this kind."""
    return {"survey": "surveys", "delivery": "deliveries", "shift": "routing"}.get(kind, "clocks")
