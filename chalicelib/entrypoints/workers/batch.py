"""What all queue workers share: each message of a batch is handled by itself; one that fails comes again."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.adapters.aws.messages import Message, read_message, sort_of
from chalicelib.bootstrap import services
from chalicelib.observability import logger
from chalicelib.usecases.ports import RetryLater

Handlers = Mapping[type[Message], Callable[[Any], None]]
"""The kinds of messages that a queue takes, and what is done with each."""
AGAIN_AFTER_SECONDS = (2, 10, 60, 300, 900)  # after the first, second … failure; then it is a dead letter


def work_through(event: dict[str, Any], handlers: Handlers) -> dict[str, Any]:
    """Handle a batch of queue messages; the answer names those to be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def handle(record: dict[str, Any]) -> None:
        try:
            message = read_message(record["body"], handlers)
            handlers[type(message)](message)
        except RetryLater as later:
            logger.info("later", extra={"why": str(later)})
            _look_again(record)
            raise
        except Exception:
            logger.exception("message failed", extra={"delivery": record["messageId"]})
            _look_again(record)
            raise

    records = sorted(event["Records"], key=lambda record: sort_of(record["body"]))  # the earliest timer first
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(  # type: ignore[return-value]
        event={"Records": records}, record_handler=handle, processor=processor, context=None
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
