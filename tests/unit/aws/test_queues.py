"""Sending: everything is accepted in the end, or it is said that it was not."""

from collections import Counter
from threading import Lock
from typing import Any

import pytest

from chalicelib.adapters.aws import queues as module
from chalicelib.adapters.aws.messages import ItemMessage
from chalicelib.adapters.aws.queues import ATTEMPTS, BATCH, NotSent, Outgoing, Queues

NOW = 1_000_000


class FakeSqs:
    """Refuses messages as often as it is to, and keeps what it accepted."""

    def __init__(self, refusals: dict[str, int], sender_fault: bool) -> None:
        self.refusals, self.sender_fault = refusals, sender_fault
        self.accepted: list[tuple[str, str, int]] = []
        self.calls = 0
        self.lock = Lock()

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        failed = []
        with self.lock:
            self.calls += 1
            for entry in Entries:
                body = entry["MessageBody"]
                if self.refusals.get(body, 0):
                    self.refusals[body] -= 1
                    failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": self.sender_fault})
                else:
                    self.accepted.append((QueueUrl, body, entry["DelaySeconds"]))
        return {"Failed": failed} if failed else {}


def fake(
    monkeypatch: pytest.MonkeyPatch, refusals: dict[str, int] | None = None, sender_fault: bool = False
) -> FakeSqs:
    sqs = FakeSqs(refusals or {}, sender_fault)
    monkeypatch.setattr(module, "client", lambda _: sqs)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return sqs


def queues() -> Queues:
    return Queues({"clocks": "clocks", "surveys": "surveys"}, lambda: NOW)


def outgoing(number: int, queue: str = "clocks", due_at: int | None = None) -> Outgoing:
    return Outgoing(queue, ItemMessage("P", str(number)), due_at)


def body(number: int) -> str:
    return f'{{"pk":"P","sk":"{number}"}}'


@pytest.mark.parametrize("count", [0, 1, 10, 11, 437])
def test_every_message_is_sent_once_in_batches_to_its_own_queue(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = fake(monkeypatch)
    messages = [outgoing(number, "surveys" if number % 3 else "clocks") for number in range(count)]
    queues().send(messages)
    assert Counter(sqs.accepted) == Counter(
        (message.queue, body(int(message.message.item()[1])), 0) for message in messages
    )
    assert sqs.calls <= count // BATCH + 2


def test_only_what_was_refused_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = fake(monkeypatch, {body(3): 1, body(27): ATTEMPTS - 1})
    queues().send([outgoing(number) for number in range(30)])
    assert Counter(text for _, text, _ in sqs.accepted) == Counter(body(number) for number in range(30))


def test_what_is_refused_again_and_again_fails_and_all_else_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = fake(monkeypatch, {body(3): ATTEMPTS})
    with pytest.raises(NotSent, match="clocks"):
        queues().send([outgoing(number) for number in range(10)])
    assert len(sqs.accepted) == 9


def test_a_message_that_is_wrong_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = fake(monkeypatch, {body(0): 9}, sender_fault=True)
    with pytest.raises(NotSent):
        queues().send([outgoing(0)])
    assert sqs.calls == 1


@pytest.mark.parametrize(
    ("due_in", "delay"), [(None, 0), (-5_000, 0), (0, 0), (999, 0), (1_000, 1), (61_999, 61), (10**7, 900)]
)
def test_a_message_is_delayed_by_whole_seconds_and_is_never_late(
    due_in: int | None, delay: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = fake(monkeypatch)
    queues().send([outgoing(0, due_at=None if due_in is None else NOW + due_in)])
    assert [seconds for _, _, seconds in sqs.accepted] == [delay]


def test_the_delay_is_counted_from_when_a_message_is_sent_not_from_when_it_was_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sqs, moment = fake(monkeypatch), [NOW]
    with Queues({"clocks": "clocks"}, lambda: moment[0]).sending() as sending:
        sending.add(outgoing(0, due_at=NOW + 90_000))
        moment[0] += 30_000
    assert [seconds for _, _, seconds in sqs.accepted] == [60]
