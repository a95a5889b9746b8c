"""Where AWS, its client and its emulators differ: how our code handles each, on stubs."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.aws.dynamo_errors import ConditionFailed, Malformed, Unavailable, translate_error
from chalicelib.adapters.aws.dynamo_values import unpack
from chalicelib.adapters.aws.transport import retries
from chalicelib.adapters.aws.transport.botocore_clients import botocore_client
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from chalicelib.usecases.ports.cases import VersionConflict
from tests.support.aws.wire import ENVIRONMENT
from tests.support.paths import ROOT

CONFIG = ROOT / ".chalice" / "config.json"


def cancelled(*codes: str) -> ServiceError:
    reasons = [{"Code": code} | ({"Item": {"pk": {"S": "x"}}} if code.startswith("Cond") else {}) for code in codes]
    return ServiceError("TransactWriteItems", "TransactionCanceledException", 400, {"CancellationReasons": reasons})


@pytest.mark.parametrize(
    ("codes", "means"),
    [
        (("None", "ConditionalCheckFailed"), ConditionFailed),
        (("TransactionConflict", "None"), VersionConflict),
        (("TransactionConflict", "ConditionalCheckFailed"), ConditionFailed),
        (("ValidationError", "None"), Malformed),
        (("TransactionConflict", "ValidationError"), Malformed),
        (("ConditionalCheckFailed", "ValidationError"), Malformed),
        (("ThrottlingError", "None"), Unavailable),
        (("ProvisionedThroughputExceeded",), Unavailable),
        (("ItemCollectionSizeLimitExceeded",), Unavailable),
        ((), Unavailable),
    ],
)
def test_the_reasons_of_a_cancelled_transaction_are_read_as_what_they_are(
    codes: tuple[str, ...], means: type[Exception]
) -> None:
    assert type(translate_error(cancelled(*codes), unpack)) is means


def test_what_stood_in_the_way_of_each_write_is_known() -> None:
    refused = translate_error(cancelled("None", "ConditionalCheckFailed"), unpack)
    assert isinstance(refused, ConditionFailed)
    assert refused.reasons == [None, {"pk": "x"}]


def test_a_request_that_is_no_request_is_not_tried_again() -> None:
    assert isinstance(translate_error(ServiceError("PutItem", "ValidationException"), unpack), Malformed)


def test_a_table_that_does_not_answer_is_unavailable() -> None:
    refused = translate_error(NoAnswer("PutItem", "TimeoutError", was_sent=True), unpack)
    assert isinstance(refused, Unavailable)
    assert str(refused) == "PutItem: TimeoutError"


@pytest.mark.parametrize("raw", ["AP8=", b"\x00\xff"])
def test_bytes_of_an_item_are_read_as_our_client_and_as_botocores_gives_them(raw: object) -> None:
    assert unpack({"wrapped": {"B": raw}, "at": {"N": "7"}}) == {"wrapped": b"\x00\xff", "at": 7}


class Wire:
    """An AWS that always answers botocore in the same way; it counts the requests, and how long the client waits."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body
        self.asked = 0
        self.waited: list[float] = []
        self.error: Exception | None = None

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        self.asked += 1
        if self.error:
            raise self.error
        return AWSResponse(request.url, self.status, {"x-amzn-requestid": "1"}, MockRawResponse(self.body))


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"pk": {"S": "x"}}}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/q", "MessageBody": "x"}),
    "sesv2": ("get_email_identity", {"EmailIdentity": "x@example.com"}),
}


def failing(monkeypatch: pytest.MonkeyPatch, service: str, status: int, code: str) -> tuple[Any, Wire]:
    """A client of botocore whose calls all fail in this way."""
    for name, value in (ENVIRONMENT | {"AWS_CLIENT": "botocore"}).items():
        monkeypatch.setenv(name, value)
    wire = Wire(status, json.dumps({"__type": code, "message": "no", "Item": {"pk": {"S": "x"}}}).encode())
    made = aws.client.__wrapped__(service)
    made.meta.events.register("before-send", wire.answer)
    monkeypatch.setattr(botocore.endpoint.time, "sleep", wire.waited.append)
    return made, wire


def call(made: Any, service: str) -> ServiceError:
    """The error with which a call fails."""
    name, given = CALLS[service]
    with pytest.raises(ServiceError) as refused:
        getattr(made, name)(**given)
    return refused.value


@pytest.mark.parametrize(("service", "most"), [("dynamodb", 4), ("sqs", 4), ("sesv2", 1)])
@pytest.mark.parametrize(("status", "code"), [(500, "InternalServerError"), (429, "TooManyRequestsException")])
def test_a_call_of_botocore_that_fails_is_made_so_often_and_mail_once(
    service: str, most: int, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, wire = failing(monkeypatch, service, status, code)
    assert call(made, service).status == status
    assert (wire.asked, len(wire.waited)) == (most, most - 1)


def test_an_error_of_botocore_is_ours_with_its_code_status_and_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = failing(monkeypatch, "dynamodb", 400, "a#ResourceNotFoundException")
    refused = call(made, "dynamodb")
    assert (refused.operation, refused.code, refused.status) == ("GetItem", "ResourceNotFoundException", 400)
    assert str(refused) == "GetItem: ResourceNotFoundException: no"


@pytest.mark.parametrize(
    ("error", "was_sent"),
    [
        (EndpointConnectionError(endpoint_url="x"), False),
        (ConnectTimeoutError(endpoint_url="x"), False),
        (ReadTimeoutError(endpoint_url="x"), True),
    ],
)
def test_of_a_connection_of_botocore_that_breaks_we_know_whether_the_request_left(
    error: Exception, was_sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, wire = failing(monkeypatch, "sesv2", 200, "")
    wire.error = error
    refused = call(made, "sesv2")
    assert isinstance(refused, NoAnswer)
    assert (refused.code, refused.was_sent) == (type(error).__name__, was_sent)


def test_botocore_has_paginators_and_signed_links_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = failing(monkeypatch, "s3", 500, "InternalError")
    with pytest.raises(ServiceError):
        list(made.get_paginator("list_objects_v2").paginate(Bucket="b"))
    assert "X-Amz-Signature=" in made.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})


def test_when_all_fails_botocore_gives_up_repeating_after_so_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore 1.44: 35 retries in a row, then none. Up to 1.43 it was 100, and 40 such calls sent 140 requests."""
    made, wire = failing(monkeypatch, "dynamodb", 500, "InternalServerError")
    per_call = []
    for _ in range(40):
        before = wire.asked
        call(made, "dynamodb")
        per_call.append(wire.asked - before)
    assert wire.asked == 75
    assert per_call[:13] == [4] * 11 + [3, 1]


def test_every_function_has_more_time_than_a_failing_call_waits() -> None:
    longest = sum(retries.delay_seconds("dynamodb", attempt, True, 1.0, None) for attempt in range(1, 4))
    config = json.loads(CONFIG.read_text("utf-8"))
    limits = [each.get("lambda_timeout", config["lambda_timeout"]) for each in config["lambda_functions"].values()]
    assert longest <= 7
    assert min(limits) > 3 * 7


def test_threads_make_clients_of_botocore_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    making, most = list[str](), list[int]()

    def create(_: Session, service: str, **__: Any) -> str:
        making.append(service)
        time.sleep(0.01)
        most.append(len(making))
        making.remove(service)
        return service

    monkeypatch.setattr(Session, "create_client", create)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(botocore_client, ["dynamodb"] * 4)) == ["dynamodb"] * 4
    assert most == [1] * 4
