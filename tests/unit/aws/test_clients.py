"""Where AWS, its client and its emulators differ: how our code handles each, on stubs."""

import json
from collections.abc import Iterator
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.aws.dynamo import unpack
from chalicelib.adapters.aws.dynamo_errors import ConditionFailed, Malformed, Unavailable, translate_error
from chalicelib.usecases.ports.cases import VersionConflict
from tests.support.paths import ROOT

CONFIG = ROOT / ".chalice" / "config.json"


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} | ({"Item": {"pk": {"S": "x"}}} if code.startswith("Cond") else {}) for code in codes]
    answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")


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
    answer: Any = {"Error": {"Code": "ValidationException"}}
    assert isinstance(translate_error(ClientError(answer, "PutItem"), unpack), Malformed)


class Wire:
    """An AWS that always gives the same answer; it counts the requests, and how long the client waits."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body
        self.asked = 0
        self.waited: list[float] = []

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        self.asked += 1
        return AWSResponse(request.url, self.status, {"x-amzn-requestid": "1"}, _Raw(self.body))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.body


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"pk": {"S": "x"}}}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/q", "MessageBody": "x"}),
    "sesv2": ("get_email_identity", {"EmailIdentity": "x@example.com"}),
}


def failing(monkeypatch: pytest.MonkeyPatch, service: str, status: int, code: str) -> tuple[Any, Wire]:
    """A client of ours whose calls all fail in this way."""
    for name, value in (("REGION", "us-east-1"), ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}" if name != "REGION" else "AWS_DEFAULT_REGION", value)
    wire = Wire(status, json.dumps({"__type": code, "message": "no"}).encode())
    made = aws.client.__wrapped__(service)
    made.meta.events.register("before-send", wire.answer)
    monkeypatch.setattr(botocore.endpoint.time, "sleep", wire.waited.append)
    return made, wire


def call(made: Any, service: str) -> None:
    name, given = CALLS[service]
    with pytest.raises(ClientError):
        getattr(made, name)(**given)


@pytest.mark.parametrize(("service", "most"), [("dynamodb", 4), ("sqs", 4), ("sesv2", 1)])
@pytest.mark.parametrize(("status", "code"), [(500, "InternalServerError"), (429, "TooManyRequestsException")])
def test_a_call_that_fails_is_asked_so_often_and_mail_once(
    service: str, most: int, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, wire = failing(monkeypatch, service, status, code)
    call(made, service)
    assert (wire.asked, len(wire.waited)) == (most, most - 1)


def test_when_all_fails_the_client_gives_up_retrying_after_so_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore 1.44: 35 retries in a row, then none. Up to 1.43 it was 100, and 40 such calls sent 140 requests."""
    made, wire = failing(monkeypatch, "dynamodb", 500, "InternalServerError")
    per_call = []
    for _ in range(40):
        before = wire.asked
        call(made, "dynamodb")
        per_call.append(wire.asked - before)
    assert wire.asked == 75
    assert per_call[:13] == [4] * 11 + [3, 1]


def test_every_function_has_more_time_than_a_failing_call_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)  # the longest of each span
    made, wire = failing(monkeypatch, "dynamodb", 429, "ThrottlingException")
    call(made, "dynamodb")
    config = json.loads(CONFIG.read_text("utf-8"))
    limits = [one.get("lambda_timeout", config["lambda_timeout"]) for one in config["lambda_functions"].values()]
    assert sum(wire.waited) <= 7
    assert min(limits) > 3 * 7
