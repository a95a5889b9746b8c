"""What all queue workers share: each message of a batch is handled on its own, and one that fails is retried."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct

from chalicelib.adapters.aws.messages import Message, read_message
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.observability import logger
from chalicelib.usecases.ports.cases import RetryLater

Handlers = Mapping[type[Message], Callable[[Any], None]]
"""The kinds of messages that a queue may have, and the handler of each."""
RETRY_DELAYS_S = (2, 10, 60, 300, 900)  # after the first, second … failure; then the dead-letter queue gets the message


class Batch(Struct, frozen=True):
    """A batch of queue messages: its records, the earliest timer first, and the message of each by the record's id. A
    record whose message cannot be read has none."""

    records: list[dict[str, Any]]
    messages: dict[str, Message]


def handle_batch(event: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
    """Handle a batch of queue messages; the answer names those that SQS shall deliver again."""
    return handle_messages(read_batch(event, handlers), handlers)


def read_batch(event: dict[str, Any], handlers: Handlers) -> Batch:
    """The messages of a batch, each read once."""
    messages = {}
    for record in event["Records"]:
        with suppress(Exception):  # it is read again and fails by itself
            messages[record["messageId"]] = read_message(record["body"], handlers)
    sorts = {record_id: message.item()[1] for record_id, message in messages.items()}
    records = sorted(event["Records"], key=lambda record: sorts.get(record["messageId"], ""))
    return Batch(records, messages)


def handle_messages(batch: Batch, handlers: Handlers) -> dict[str, Any]:
    """Handle the messages of a batch; the answer names those that SQS shall deliver again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def handle_record(record: dict[str, Any]) -> None:
        services().clear_ahead()
        try:
            message = batch.messages.get(record["messageId"]) or read_message(record["body"], handlers)
            handlers[type(message)](message)
        except RetryLater as later:
            logger.info("later", extra={"why": str(later)})
            _schedule_retry(record)
            raise
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            _schedule_retry(record)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(  # type: ignore[return-value]
        event={"Records": batch.records}, record_handler=handle_record, processor=processor, context=None
    )


def _schedule_retry(record: dict[str, Any]) -> None:
    """Have a failed message delivered again before its visibility timeout ends, with a longer delay each time."""
    deliveries = int(record["attributes"]["ApproximateReceiveCount"])
    seconds = RETRY_DELAYS_S[min(deliveries, len(RETRY_DELAYS_S)) - 1]
    try:
        services().queues.look_again(record["receiptHandle"], seconds)
    except Exception:  # the message is delivered again nevertheless, only later
        logger.warning("visibility not changed", extra={"delivery": record["messageId"]})


def wait_until(due_at: Instant) -> None:
    """Wait until a timer is due: queues delay by whole seconds, and the relay sends near timers a second too early."""
    time.sleep(min(max(0.0, (due_at - services().now()) / 1000), 2.0))
