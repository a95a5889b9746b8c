"""The items of timers. The relay sends those that are due soon to their queues."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.timers.timer_source import Timer

MAX_DELAY_MS = 15 * MINUTE_MS  # the longest delay of a queue; the sweeper sends timers that are due later
DUE_DAYS = 30


def timer_item(key: str, timer: Timer, now: Instant) -> Item:
    """The item of a timer; the relay sends it to its queue at once if the queue can delay it for long enough."""
    relay = queue_of(timer.kind) if timer.at <= now + MAX_DELAY_MS else None
    return {
        "pk": keys.timer_bucket(timer.at, key),
        "sk": keys.timer_sort(timer.at, timer.kind, key),
        "relay": relay,
        "ttl": (max(timer.at, now) + DUE_DAYS * DAY_MS) // SECOND_MS,
    }


def queue_of(kind: str) -> str:
    """The queue for timers of this kind."""
    return {"survey": "surveys", "delivery": "deliveries", "shift": "routing"}.get(kind, "clocks")
