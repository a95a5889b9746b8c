"""How our AWS client asks, understands what comes back, and repeats."""

import base64
import json
from email.utils import formatdate
from time import gmtime, strftime
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.session import Session
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.aws import clients
from chalicelib.adapters.aws.transport.client import PROTOCOLS, TOKENS, Client
from chalicelib.adapters.aws.transport.connections import Request, Response
from chalicelib.adapters.aws.transport.endpoints import endpoint_of
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from tests.support.aws.wire import Reply, Wire, broken, failure, reply

NOW = 1_795_000_000.0
QUEUE = "https://sqs.us-east-1.amazonaws.com/1/q"
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"pk": {"S": "灯"}, "sk": {"B": b"\x00\xff"}}}),
    "sqs": ("send_message_batch", {"QueueUrl": QUEUE, "Entries": [{"Id": "0", "MessageBody": "x", "DelaySeconds": 3}]}),
    "kms": ("decrypt", {"KeyId": "k", "CiphertextBlob": b"\x01\x02", "EncryptionContext": {"shop": "demo"}}),
    "ssm": ("get_parameter", {"Name": "/a/b", "WithDecryption": True}),
}


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Time stands still, and every wait is the longest possible."""
    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr("random.random", lambda: 1.0)
    return monkeypatch


def asking(patch: pytest.MonkeyPatch, *replies: Reply, service: str = "dynamodb") -> tuple[Client, Wire]:
    wire = Wire(*replies).use(patch)
    endpoint = endpoint_of(service)
    assert endpoint is not None
    return Client(endpoint), wire


def get(client: Client) -> Any:
    return client.get_item(TableName="t", Key={})


@pytest.mark.parametrize("service", PROTOCOLS)
def test_a_request_is_the_one_that_botocore_would_send(service: str, patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, reply(), service=service)
    method, params = CALLS[service]
    getattr(client, method)(**params)
    sent: list[Any] = []

    def note(request: Any, **_: Any) -> Any:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, MockRawResponse(b"{}"))

    theirs = Session().create_client(service)
    theirs.meta.events.register("before-send", note)
    getattr(theirs, method)(**params)
    ours, botocores = wire.requests[0], sent[0]
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in botocores.headers.items()
    }
    same = {"content-type", "x-amz-target", *(["x-amzn-query-mode"] if service == "sqs" else [])}
    assert {name: ours.headers[name] for name in same} == {name: headers[name] for name in same}
    assert f"{ours.endpoint.scheme}://{ours.endpoint.host}/" == botocores.url
    assert json.loads(ours.body) == json.loads(botocores.body)
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert set(signed) <= {*ours.headers, "amz-sdk-invocation-id", "amz-sdk-request"}


def test_the_protocols_are_those_of_botocores_service_models() -> None:
    for service, (prefix, version) in PROTOCOLS.items():
        model = Session().get_service_model(service)
        assert (model.metadata["targetPrefix"], model.metadata["jsonVersion"]) == (prefix, version)
        assert (model.metadata["protocol"], model.signing_name) == ("json", service)


def test_an_operation_that_botocore_makes_safe_to_repeat_is_made_so_by_us() -> None:
    model = Session().get_service_model("dynamodb")
    used = ("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
    assert {name for name in used if model.operation_model(name).idempotent_members} == set()
    assert {"TransactWriteItems": model.operation_model("TransactWriteItems").idempotent_members[0]} == TOKENS


def test_a_transaction_has_a_token_of_its_own_which_stays_when_it_is_repeated(patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, failure("InternalServerError", 500), reply())
    client.transact_write_items(TransactItems=[])
    client.transact_write_items(TransactItems=[])
    first, repeated, second = [json.loads(request.body)["ClientRequestToken"] for request in wire.requests]
    assert first == repeated != second
    assert 1 <= len(first) <= 36


def test_a_token_that_the_caller_gives_is_used(patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, reply())
    client.transact_write_items(TransactItems=[], ClientRequestToken="mine")
    assert json.loads(wire.requests[0].body)["ClientRequestToken"] == "mine"


def test_bytes_of_kms_are_given_as_bytes(patch: pytest.MonkeyPatch) -> None:
    answer = {"CiphertextBlob": base64.b64encode(b"\x00\xff").decode(), "Plaintext": "AAE=", "KeyId": "k"}
    client, _ = asking(patch, reply(body=answer), service="kms")
    created = client.generate_data_key(KeyId="k")
    assert created == {"CiphertextBlob": b"\x00\xff", "Plaintext": b"\x00\x01", "KeyId": "k"}


def test_lambda_is_told_which_request_led_to_a_call_so_that_it_stops_endless_loops(patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, reply())
    patch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988;Parent=53995c3f42cd8ad8;Lineage=a:1\r\nx: y")
    get(client)
    patch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    get(client)
    outside, inside = wire.requests
    assert "x-amzn-trace-id" not in outside.headers
    assert inside.headers["x-amzn-trace-id"] == "Root=1-5759e988;Parent=53995c3f42cd8ad8;Lineage=a:1%0D%0Ax:%20y"
    assert "trace" not in inside.headers["authorization"]


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        (failure("InternalServerError", 500), [0.025, 0.05, 0.1]),
        (failure("ThrottlingException"), [1.0, 2.0, 4.0]),
        (failure("ProvisionedThroughputExceededException"), [1.0, 2.0, 4.0]),
        (failure("TransactionInProgressException"), [1.0, 2.0, 4.0]),
        (failure("ReplicatedWriteConflictException", 409), [0.025, 0.05, 0.1]),
        (reply(503, b"<html>busy</html>"), [0.025, 0.05, 0.1]),
        (reply(502, b""), [0.025, 0.05, 0.1]),
        (reply(429, b""), [1.0, 2.0, 4.0]),
        (broken(ConnectionResetError()), [0.025, 0.05, 0.1]),
        (broken(TimeoutError()), [0.025, 0.05, 0.1]),
        (broken(ConnectionRefusedError(), was_sent=False), [0.025, 0.05, 0.1]),
        (reply(200, {"Item": {}}, {"x-amz-crc32": "1"}), [0.025, 0.05, 0.1]),
        (reply(200, b'{"Item":'), [0.025, 0.05, 0.1]),
        (reply(200, b"<html>login</html>"), [0.025, 0.05, 0.1]),
    ],
)
def test_a_call_that_may_succeed_later_is_made_four_times(
    trouble: Reply, waits: list[float], patch: pytest.MonkeyPatch
) -> None:
    client, wire = asking(patch, trouble)
    with pytest.raises(ServiceError):
        get(client)
    assert len(wire.requests) == 4
    assert wire.waited == pytest.approx(waits)
    client, wire = asking(patch, trouble, trouble, trouble, reply(body={"Item": {}}))
    assert get(client) == {"Item": {}}


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ValidationException", 400),
        ("ConditionalCheckFailedException", 400),
        ("TransactionCanceledException", 400),
        ("AccessDeniedException", 400),
        ("ResourceNotFoundException", 404),
        ("InvalidSignatureException", 400),
        ("NotImplemented", 501),
    ],
)
def test_a_call_that_cannot_succeed_is_made_once(code: str, status: int, patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, failure(code, status))
    with pytest.raises(ServiceError) as refused:
        get(client)
    assert (refused.value.code, refused.value.status, len(wire.requests), wire.waited) == (code, status, 1, [])


def test_when_all_fails_the_client_gives_up_repeating_after_so_many_calls(patch: pytest.MonkeyPatch) -> None:
    """As botocore 1.44: 35 repetitions in a row, then none, so that 40 failing calls send 75 requests."""
    client, wire = asking(patch, failure("InternalServerError", 500))
    per_call = []
    for _ in range(40):
        before = len(wire.requests)
        with pytest.raises(ServiceError):
            get(client)
        per_call.append(len(wire.requests) - before)
    assert sum(per_call) == 75
    assert per_call[:13] == [4] * 11 + [3, 1]


def test_a_success_pays_for_the_next_repetitions(patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, *[failure("InternalServerError", 500)] * 200)
    for _ in range(13):
        with pytest.raises(ServiceError):
            get(client)
    wire.replies[:] = [reply()]
    for _ in range(14):
        get(client)
    wire.replies[:] = [failure("InternalServerError", 500), reply()]
    assert get(client) == {}


def test_a_connection_that_was_closed_while_idle_is_replaced_at_once_and_once_only(patch: pytest.MonkeyPatch) -> None:
    stale = broken(ConnectionResetError(), was_stale=True)
    client, wire = asking(patch, stale, reply(body={"Item": {}}))
    assert get(client) == {"Item": {}}
    assert (len(wire.requests), wire.waited, client.quota.left) == (2, [], 500)
    client, wire = asking(patch, stale)
    with pytest.raises(NoAnswer):
        get(client)
    assert (len(wire.requests), len(wire.waited)) == (5, 3)


def test_a_wrong_clock_is_corrected_by_the_date_of_the_answer_once(patch: pytest.MonkeyPatch) -> None:
    def by_the_clock(request: Request) -> Response:
        is_right = request.headers["x-amz-date"] == strftime("%Y%m%dT%H%M%SZ", gmtime(NOW + 3600))
        late = failure("InvalidSignatureException", 400, {"date": formatdate(NOW + 3600, usegmt=True)})
        return reply() if is_right else late

    client, wire = asking(patch, by_the_clock)
    get(client)
    assert client.clock_offset == 3600
    assert (len(wire.requests), wire.waited) == (2, [])
    get(client)
    assert len(wire.requests) == 3


def test_a_request_that_was_signed_before_another_thread_corrected_the_clock_is_signed_again(
    patch: pytest.MonkeyPatch,
) -> None:
    def while_another_thread_corrects(_: Request) -> Response:
        client.clock_offset = 3600.0
        return failure("InvalidSignatureException", 400, {"date": formatdate(NOW + 3600, usegmt=True)})

    client, wire = asking(patch, while_another_thread_corrects, reply())
    get(client)
    stamps = [request.headers["x-amz-date"] for request in wire.requests]
    assert stamps == [strftime("%Y%m%dT%H%M%SZ", gmtime(NOW + ahead)) for ahead in (0, 3600)]


def test_a_signature_that_is_wrong_at_the_right_time_is_no_matter_of_the_clock(patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, failure("InvalidSignatureException", 400, {"date": formatdate(NOW + 60, usegmt=True)}))
    with pytest.raises(ServiceError):
        get(client)
    assert (len(wire.requests), client.clock_offset) == (1, 0.0)


def test_credentials_that_expire_between_two_calls_are_read_again(patch: pytest.MonkeyPatch) -> None:
    def by_the_key(request: Request) -> Response:
        if "Credential=AKIANEW/" in request.headers["authorization"]:
            return reply()
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIANEW")
        patch.setenv("AWS_SESSION_TOKEN", "new")
        return failure("ExpiredTokenException")

    client, wire = asking(patch, by_the_key)
    assert get(client) == {}
    assert [request.headers.get("x-amz-security-token") for request in wire.requests] == [None, "new"]
    assert wire.waited == []


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_credentials_that_stay_expired_are_tried_once(code: str, patch: pytest.MonkeyPatch) -> None:
    client, wire = asking(patch, failure(code))
    with pytest.raises(ServiceError):
        get(client)
    assert len(wire.requests) == 1


def test_credentials_that_are_refused_again_and_again_end_the_call(patch: pytest.MonkeyPatch) -> None:
    def always(_: Request) -> Response:
        patch.setenv("AWS_ACCESS_KEY_ID", f"AKIA{len(wire.requests)}")
        return failure("ExpiredTokenException")

    client, wire = asking(patch, always)
    with pytest.raises(ServiceError):
        get(client)
    assert len(wire.requests) == 2


def test_a_client_has_no_methods_that_python_asks_for(patch: pytest.MonkeyPatch) -> None:
    client, _ = asking(patch, reply())
    with pytest.raises(AttributeError):
        client.__deepcopy__  # noqa: B018
    assert clients.client.__wrapped__("kms").endpoint.service == "kms"
