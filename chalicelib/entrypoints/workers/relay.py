"""The relay function is the only publisher: it sends new items of the table to the queues that the items name."""

from typing import Any

from chalicelib.adapters.aws.messages import ItemMessage, TimerMessage
from chalicelib.adapters.aws.queues import Outgoing
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.observability import logger

EARLY_MS = SECOND_MS  # timers are delivered this much too early, so that starting a function does not make them late


def publish(event: dict[str, Any]) -> None:
    """Send a message about each new item to the queues that it names, at least once."""
    outgoing = []
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and "relay" in image:
            pk, sk, queues_named = (image[name]["S"] for name in ("pk", "sk", "relay"))
            outgoing += [Outgoing(queue, ItemMessage(pk, sk), _due_at(pk, sk)) for queue in queues_named.split(",")]
    services().queues.send(outgoing)
    logger.info("relayed", extra={"messages": len(outgoing), "records": len(event["Records"])})


def _due_at(pk: str, sk: str) -> Instant | None:
    """When a message is to be delivered: that of a timer just before it is due, all others at once."""
    prefix, _, rest = pk.partition("#")
    return TimerMessage.of_item(rest, sk).at - EARLY_MS if prefix == TimerMessage.prefix else None
