"""What all queue workers share: each message of a batch is handled by itself; one that fails comes again."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from chalicelib.adapters.aws.messages import Message, read_message
from chalicelib.bootstrap import services
from chalicelib.observability import logger
from chalicelib.usecases.ports import RetryLater

Handlers = Mapping[type[Message], Callable[[Any], None]]
"""The kinds of messages that a queue takes, and what is done with each."""
AGAIN_AFTER_SECONDS = (2, 10, 60, 300, 900)  # after the first, second … failure; then it is a dead letter


class Batch(Struct, frozen=True):
    """A batch of queue messages: its records, the earliest timer first, and the message of each by the record's id. A
    record whose message cannot be read has none."""

    records: list[dict[str, Any]]
    messages: dict[str, Message]


def read_batch(event: dict[str, Any], handlers: Handlers) -> Batch:
    """The messages of a batch, each read once."""
    messages = {}
    for record in event["Records"]:
        with suppress(Exception):  # it is read once more when its turn comes, and fails by itself
            messages[record["messageId"]] = read_message(record["body"], handlers)
    sorts = {record_id: message.item()[1] for record_id, message in messages.items()}
    records = sorted(event["Records"], key=lambda record: sorts.get(record["messageId"], ""))
    return Batch(records, messages)


def work_through(event: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
    """Handle a batch of queue messages; the answer names those to be delivered again."""
    return handle_batch(read_batch(event, handlers), handlers)


def handle_batch(batch: Batch, handlers: Handlers) -> dict[str, Any]:
    """Handle the messages of a batch; the answer names those to be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def handle(record: dict[str, Any]) -> None:
        try:
            message = batch.messages.get(record["messageId"]) or read_message(record["body"], handlers)
            handlers[type(message)](message)
        except RetryLater as later:
            logger.info("later", extra={"why": str(later)})
            _look_again(record)
            raise
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            _look_again(record)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(  # type: ignore[return-value]
        event={"Records": batch.records}, record_handler=handle, processor=processor, context=None
    )


def _look_again(record: dict[str, Any]) -> None:
    """Have a failed message back sooner than its visibility timeout, and later each time."""
    tried = int(record["attributes"]["ApproximateReceiveCount"])
    seconds = AGAIN_AFTER_SECONDS[min(tried, len(AGAIN_AFTER_SECONDS)) - 1]
    try:
        services().queues.look_again(record["receiptHandle"], seconds)
    except Exception:  # it comes back all the same, only later
        logger.warning("visibility not changed", extra={"delivery": record["messageId"]})


def wait_until(at: int) -> None:
    """Wait for what is left of the second that a queue's whole-second delay cuts off, and of the early one."""
    time.sleep(min(max(0.0, (at - services().now()) / 1000), 2.0))
