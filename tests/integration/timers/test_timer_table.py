"""Timers in the table are handed over to their queues: all of a minute, of every shard, and none of another minute."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import pytest

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.adapters.aws.queues import Outgoing, Queues
from chalicelib.adapters.timers import timer_table
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.timers.timer_source import Timer

KINDS: tuple[Literal["clock", "survey", "orphan"], ...] = ("clock", "survey", "orphan")


def received(queue: str) -> list[str]:
    """The sort keys of the messages that a queue has at this moment."""
    url = aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    bodies: list[str] = []
    while answer := aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [json.loads(message["Body"])["sk"] for message in answer]
    return bodies


def set_timers(services: AwsServices, minute: int, count: int) -> list[str]:
    """Set timers of several kinds in a minute; their sort keys."""
    timers = [Timer(minute + number * 37 % MINUTE_MS, KINDS[number % 3]) for number in range(count)]
    items = [timer_item(f"{number:016d}", timer, services.now()) for number, timer in enumerate(timers)]
    services.table.write_many(items)
    return [item["sk"] for item in items]


def test_all_timers_of_a_minute_reach_their_queues_however_many_pages_they_fill(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timer_table, "PAGE", 7)
    minute = services.now() // MINUTE_MS * MINUTE_MS - MINUTE_MS
    expected = set_timers(services, minute, 123)
    set_timers(services, minute + MINUTE_MS, 5)
    assert services.timers.hand_over(minute, minute + MINUTE_MS) == 123
    clocks, surveys = received("clocks"), received("surveys")
    assert Counter(clocks + surveys) == Counter(expected)
    assert {sort.split("#")[1] for sort in surveys} == {"survey"}


def test_if_something_was_not_sent_the_minute_fails_and_can_be_handed_over_again(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = services.now() // MINUTE_MS * MINUTE_MS - MINUTE_MS
    expected = set_timers(services, minute, 60)
    send_batch = Queues.send_batch
    failed: list[Sequence[Outgoing]] = []

    def fail_once(queues: Queues, messages: Sequence[Outgoing]) -> None:
        if not failed:
            failed.append(messages)
            raise OSError("unreachable")
        send_batch(queues, messages)

    monkeypatch.setattr(Queues, "send_batch", fail_once)
    with pytest.raises(OSError, match="unreachable"):
        services.timers.hand_over(minute, minute + MINUTE_MS)
    assert services.timers.hand_over(minute, minute + MINUTE_MS) == 60
    assert set(received("clocks") + received("surveys")) == set(expected)
