"""Sending to the queues."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.messages import Message, write_message

MAX_DELAY_SECONDS = 900
BATCH = 10


class Outgoing(Struct, frozen=True):
    """A message to send, its queue and its delay."""

    queue: str
    message: Message
    delay_seconds: int = 0


class NotSent(Exception):
    """The queue did not accept some of the messages."""


class Queues:
    """The stack's queues by name, such as `intake` or `clocks`; a worker's own queue is called `own`."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Send all messages; `NotSent` when one was not accepted. Sending them again duplicates messages, which all
        consumers tolerate."""
        for queue in sorted({message.queue for message in messages}):
            batch = [message for message in messages if message.queue == queue]
            for start in range(0, len(batch), BATCH):
                self._send(queue, batch[start : start + BATCH])

    def _send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        entries = [
            {
                "Id": str(index),
                "MessageBody": write_message(outgoing.message),
                "DelaySeconds": min(max(outgoing.delay_seconds, 0), MAX_DELAY_SECONDS),
            }
            for index, outgoing in enumerate(messages)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=self.urls[queue], Entries=entries)
        if answer.get("Failed"):
            raise NotSent(f"{queue}: {sorted({failure['Code'] for failure in answer['Failed']})}")

    def look_again(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of the worker's own queue delivered again after this many seconds."""
        client("sqs").change_message_visibility(
            QueueUrl=self.urls["own"], ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )
