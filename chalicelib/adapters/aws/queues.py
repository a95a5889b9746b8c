"""Sending to the queues: in batches, and many batches at the same time."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.messages import Message, write_message
from chalicelib.adapters.aws.parallel import Parallel
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.usecases.ports.cases import Clock

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

MAX_DELAY_SECONDS = 900
BATCH = 10
"""The most messages of one request: a quota of SQS."""
THREADS = 24
"""How many requests are sent at the same time."""
ATTEMPTS = 5
"""How often messages are sent that the queue did not accept."""


class Outgoing(Struct, frozen=True):
    """A message to send, and its queue. `due_at`: it is delivered at most a second before this time, in milliseconds;
    at once if it is None."""

    queue: str
    message: Message
    due_at: Instant | None = None


class NotSent(Exception):
    """The queue did not accept some of the messages."""


class Queues:
    """The stack's queues by name, such as `intake` or `clocks`; a worker's own queue is called `own`."""

    def __init__(self, urls: dict[str, str], now: Clock) -> None:
        self.urls = urls
        self.now = now

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        """The threads that send; they live as long as this process, and so do their connections."""
        from concurrent.futures import ThreadPoolExecutor

        client("sqs")  # made here, so that not each of the threads makes one
        return ThreadPoolExecutor(THREADS)

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Send all messages; `NotSent` when one was not accepted. Sending them again duplicates messages, which all
        consumers tolerate."""
        if len(messages) <= BATCH and len({message.queue for message in messages}) == 1:
            self.send_batch(messages)
            return
        with self.sending() as sending:
            for message in messages:
                sending.add(message)

    @contextmanager
    def sending(self) -> Iterator["Sending"]:
        """Send what is added inside the block. At its end everything was accepted, or `NotSent` is raised."""
        with Parallel(self._pool, 2 * THREADS) as parallel:
            sending = Sending(self, parallel)
            yield sending
            sending.send_rest()

    def send_batch(self, messages: Sequence[Outgoing]) -> None:
        """Send up to ten messages of one queue, and those that it did not accept again. `NotSent` if that does not
        help, or if the queue says that a message is wrong."""
        for attempt in range(ATTEMPTS):
            failures = self._send(messages)
            if not failures:
                return
            if any(failure["SenderFault"] for failure in failures):
                break
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 (jitter is no secret)
            messages = [messages[int(failure["Id"])] for failure in failures]
        raise NotSent(f"{messages[0].queue}: {sorted({failure['Code'] for failure in failures})}")

    def _send(self, messages: Sequence[Outgoing]) -> list[dict[str, Any]]:
        """Send messages once; what SQS says of those that it did not accept."""
        entries = [
            {
                "Id": str(index),
                "MessageBody": write_message(outgoing.message),
                "DelaySeconds": self._delay(outgoing.due_at),
            }
            for index, outgoing in enumerate(messages)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=self.urls[messages[0].queue], Entries=entries)
        failures: list[dict[str, Any]] = answer.get("Failed", [])
        return failures

    def _delay(self, due_at: Instant | None) -> int:
        """The delay of a message that is sent now, in whole seconds, so that it is not late; the worker waits for the
        rest."""
        if due_at is None:
            return 0
        return min(max(0, (due_at - self.now()) // SECOND_MS), MAX_DELAY_SECONDS)

    def look_again(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of the worker's own queue delivered again after this many seconds."""
        client("sqs").change_message_visibility(
            QueueUrl=self.urls["own"], ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )


class Sending:
    """Messages that are being sent. Several threads may add messages; each waits while too many are on their way."""

    def __init__(self, queues: Queues, parallel: Parallel) -> None:
        self._queues, self._parallel = queues, parallel
        self._batches: dict[str, list[Outgoing]] = {}
        self._lock = Lock()

    def add(self, message: Outgoing) -> None:
        """Send a message, together with the next ones of its queue. Raises what went wrong with an earlier one."""
        with self._lock:
            batch = self._batches.setdefault(message.queue, [])
            batch.append(message)
            if len(batch) < BATCH:
                return
            del self._batches[message.queue]
        self._parallel.start(self._queues.send_batch, batch)

    def send_rest(self) -> None:
        """Send the batches that are not full."""
        for batch in self._batches.values():
            self._parallel.start(self._queues.send_batch, batch)
