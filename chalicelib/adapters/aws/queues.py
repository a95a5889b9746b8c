"""Sending to the queues."""

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.messages import Message, write_message

MAX_DELAY_SECONDS = 900
BATCH = 10


class Outgoing(Struct, frozen=True):
    """A message, its queue and how long the queue holds it back."""

    queue: str
    message: Message
    delay_seconds: int = 0


class NotSent(Exception):
    """The queue did not take some of the messages."""


class Queues:
    """The stack's queues by name: intake, clocks, surveys, notices, metrics; and `own`, that of a worker."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Send all; `NotSent` when one was not taken. Sending again doubles messages, which all consumers bear."""
        for queue in sorted({one.queue for one in messages}):
            mine = [one for one in messages if one.queue == queue]
            for start in range(0, len(mine), BATCH):
                self._send(queue, mine[start : start + BATCH])

    def _send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        entries = [
            {
                "Id": str(place),
                "MessageBody": write_message(one.message),
                "DelaySeconds": min(max(one.delay_seconds, 0), MAX_DELAY_SECONDS),
            }
            for place, one in enumerate(messages)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=self.urls[queue], Entries=entries)
        if answer.get("Failed"):
            raise NotSent(f"{queue}: {sorted({one['Code'] for one in answer['Failed']})}")

    def look_again(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of the function's own queue delivered again after so many seconds."""
        client("sqs").change_message_visibility(
            QueueUrl=self.urls["own"], ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )
