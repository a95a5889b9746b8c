"""What the code asks of AWS has the same results through our own client and through botocore, the way back."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.aws.dynamo import ConditionFailed, Malformed, Table, Unavailable
from chalicelib.adapters.aws.encryption.key_store import Vault
from chalicelib.adapters.aws.messages import ItemMessage
from chalicelib.adapters.aws.queues import Outgoing
from chalicelib.adapters.aws.transport.client import PROTOCOLS, Client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.settings import settings
from chalicelib.usecases.shops.manage_sources import new_secrets
from tests.support.moto.cloud import client

pytestmark = pytest.mark.usefixtures("either_client")
ITEM = {
    "pk": "A",
    "sk": "1",
    "text": '灯 😀 "\\\x00',
    "count": -(10**30),
    "raw": bytes(range(256)),
    "empty": "",
    "version": 1,
}


def test_the_setting_decides_which_client_is_used(services: AwsServices, either_client: str) -> None:
    own = {service for service in PROTOCOLS if isinstance(aws.client(service), Client)}
    assert own == (set(PROTOCOLS) if either_client == "own" else set())


def test_an_item_is_read_as_it_was_written_however_it_is_read(services: AwsServices) -> None:
    table = services.table
    table.put(ITEM)
    assert table.get("A", "1") == ITEM
    assert table.get_many([("A", "1"), ("A", "2")]) == [ITEM]
    assert list(table.query("A")) == [ITEM]
    assert ITEM in list(table.scan())
    assert table.update("A", "1", "SET #count = :n", {":n": 7}) == ITEM | {"count": 7}
    assert table.get("A", "nothing") is None


def test_a_condition_that_does_not_hold_gives_the_item_that_is_there(services: AwsServices) -> None:
    table = services.table
    table.put(ITEM)
    for refused in (
        lambda: table.put(ITEM, only_new=True),
        lambda: table.update("A", "1", "SET #count = :n", {":n": 1}, "attribute_not_exists(pk)"),
    ):
        with pytest.raises(ConditionFailed) as failed:
            refused()
        assert failed.value.reasons == [ITEM]
    with pytest.raises(ConditionFailed) as failed:
        table.transact([table.put_any({"pk": "B", "sk": "1"}), table.put_at(ITEM, 2)])
    assert failed.value.reasons == [None, ITEM]
    assert table.get("B", "1") is None


def test_a_malformed_request_and_a_missing_table_are_told_apart(services: AwsServices) -> None:
    with pytest.raises(Malformed):
        services.table.update("A", "1", "SET nonsense", {}, "attribute_exists(pk)")
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        Table("missing").put({"pk": "A", "sk": "1"})
    with pytest.raises(ServiceError, match="ResourceNotFoundException"):
        Table("missing").get("A", "1")


def test_pages_are_read_to_the_last(services: AwsServices) -> None:
    items = [{"pk": "A", "sk": f"{number:03}", "raw": b"\xff"} for number in range(60)]
    services.table.write_many(items)
    assert list(services.table.query("A", page=7)) == items
    assert list(services.table.query("A", page=7, backwards=True, between=("010", "029"))) == items[29:9:-1]
    services.table.write_many(deletes=[("A", item["sk"]) for item in items[1:]])  # type: ignore[misc]
    assert list(services.table.query("A")) == items[:1]


def test_keys_of_kms_open_what_they_sealed(services: AwsServices) -> None:
    sealed = services.vault.seal("demo#somebody", "place", b"text")
    again = Vault(services.vault.table, services.vault.master)
    assert again.open("demo#somebody", "place", sealed) == b"text"


def test_parameters_are_saved_and_read_and_the_first_secrets_stay(services: AwsServices) -> None:
    secrets = services.secrets
    assert secrets.hook_secrets("nobody") is None
    first, second = new_secrets(), new_secrets()
    secrets.make_webhook_secrets("shop", first)
    secrets.make_webhook_secrets("shop", second)
    assert secrets.hook_secrets("shop", fresh=True) == first
    secrets.save_webhook_secrets("shop", second)
    assert secrets.hook_secrets("shop", fresh=True) == second


def test_messages_reach_their_queue_with_their_delay(services: AwsServices) -> None:
    due_at = services.now() + MINUTE_MS
    messages = [Outgoing("clocks", ItemMessage("pk", f"灯{number}"), due_at) for number in range(6)]
    services.queues.send([*messages, *(replace(message, due_at=None) for message in messages)])
    url = settings().queue_urls["clocks"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    counts = [int(attributes[f"ApproximateNumberOfMessages{which}"]) for which in ("", "Delayed")]
    assert counts == [6, 6]


def test_an_error_of_sqs_has_the_same_code(services: AwsServices) -> None:
    services.queues.urls["clocks"] = "https://sqs.us-east-1.amazonaws.com/123456789012/missing"
    with pytest.raises(ServiceError) as refused:
        services.queues.send([Outgoing("clocks", ItemMessage("pk", "sk"))])
    assert refused.value.code == "AWS.SimpleQueueService.NonExistentQueue"


def test_files_that_are_gone_are_none(services: AwsServices) -> None:
    files: Any = services.uploads
    assert files.read("nothing", 10) is None
    files.move("nothing", "elsewhere")
    files.save("key", b"data", "text/plain")
    assert files.read("key", 2) == b"da"
