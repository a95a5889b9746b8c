"""The relay function: the only publisher. What a transaction wrote with a queue's name goes to that queue."""

from typing import Any

from chalicelib.adapters.aws.messages import ItemMessage, TimerMessage
from chalicelib.adapters.aws.queues import Outgoing
from chalicelib.adapters.timers.timer_table import delay_until
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.observability import logger

EARLY = SECOND_MS  # near timers are delivered this much too early, so that starting a function does not make them late


def publish(event: dict[str, Any]) -> None:
    """Send a message about each new item to the queues that the item names, once or more."""
    outgoing = []
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and "relay" in image:
            pk, sk, queues_named = (image[name]["S"] for name in ("pk", "sk", "relay"))
            outgoing += [Outgoing(queue, ItemMessage(pk, sk), _delay(pk, sk)) for queue in queues_named.split(",")]
    services().queues.send(outgoing)
    logger.info("relayed", extra={"messages": len(outgoing), "records": len(event["Records"])})


def _delay(pk: str, sk: str) -> int:
    """How many seconds a queue is to hold a message back: a timer until just before it is due."""
    prefix, _, rest = pk.partition("#")
    if prefix != TimerMessage.prefix:
        return 0
    return delay_until(TimerMessage.of_item(rest, sk).at - EARLY, services().now())
