"""Batches that are too much at once: what DynamoDB leaves out is asked for again, a little later each time."""

from typing import Any

import pytest

from chalicelib.adapters.aws import clients
from chalicelib.bootstrap import AwsServices

ITEMS: list[dict[str, Any]] = [{"pk": "A", "sk": str(number)} for number in range(4)]


class OneAtATime:
    """A client that does one item of each batch and leaves out the others."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def batch_get_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 (botocore's name)
        ((table, asked),) = RequestItems.items()
        answer = self.client.batch_get_item(RequestItems={table: asked | {"Keys": asked["Keys"][:1]}})
        left_out = asked["Keys"][1:]
        return answer | {"UnprocessedKeys": {table: asked | {"Keys": left_out}} if left_out else {}}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 (botocore's name)
        ((table, asked),) = RequestItems.items()
        answer = self.client.batch_write_item(RequestItems={table: asked[:1]})
        return answer | {"UnprocessedItems": {table: asked[1:]} if asked[1:] else {}}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, by a client that is throttled and in the longest case."""
    waited: list[float] = []
    monkeypatch.setattr("chalicelib.adapters.aws.dynamo.client", lambda name: OneAtATime(clients.client(name)))
    monkeypatch.setattr("random.uniform", lambda _, most: most)
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


def test_everything_is_written_and_read_in_the_end_and_each_time_after_a_longer_wait(
    services: AwsServices, waits: list[float]
) -> None:
    services.table.write_many(ITEMS)
    assert waits == [0.05, 0.1, 0.2]
    found = services.table.get_many([(item["pk"], item["sk"]) for item in ITEMS])
    assert sorted(found, key=lambda item: str(item["sk"])) == ITEMS
    assert waits == [0.05, 0.1, 0.2] * 2


def test_a_batch_that_is_done_at_once_waits_for_nothing(services: AwsServices, waits: list[float]) -> None:
    services.table.write_many(ITEMS[:1])
    assert services.table.get_many([("A", "0"), ("A", "0")]) == ITEMS[:1]
    assert (services.table.get_many([]), waits) == ([], [])
