"""Sending to sockets: the path is signed as botocore signs it, and what is gone is seen as gone."""

import datetime
import io
from typing import Any
from unittest.mock import patch

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.aws import clients
from chalicelib.adapters.aws.transport.connections_client import ConnectionsClient
from chalicelib.adapters.aws.transport.endpoints import CONNECTIONS, Endpoint, endpoint_of
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from chalicelib.adapters.live.socket_sender import ConnectionSender
from tests.support.aws.wire import Wire, broken, failure, reply

URL = "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/api"
ENDPOINT = Endpoint(CONNECTIONS, "us-east-1", "https", "a1b2c3d4.execute-api.us-east-1.amazonaws.com", "/api")
LOCAL = "http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4/api"
NOW = 1_795_000_000.0
VARIABLE = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
MOMENT = datetime.datetime.fromtimestamp(int(NOW), datetime.UTC)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setattr("time.time", lambda: NOW)
    return Wire(reply(200, b"")).use(monkeypatch)


def botocores_request(connection: str, data: bytes) -> Any:
    """The request that botocore's own client sends."""
    sent: list[Any] = []

    def note_request(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        raw: Any = io.BytesIO(b"")
        raw.stream = lambda **_: iter([b""])
        return AWSResponse(request.url, 200, {}, raw)

    session = botocore.session.Session()
    made = session.create_client(
        CONNECTIONS, "us-east-1", endpoint_url=URL, aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
    )
    made.meta.events.register("before-send", note_request)
    with patch("botocore.auth.get_current_datetime", lambda: MOMENT):
        made.post_to_connection(ConnectionId=connection, Data=data)
    return sent[0]


@pytest.mark.parametrize("connection", ["L0SM9cOFvHcCIhw=", "0123456789abcdef", "a+b/c=", "a b~-_.%"])
def test_a_request_has_the_path_that_botocore_gives_it(wire: Wire, connection: str) -> None:
    ConnectionsClient(ENDPOINT).post_to_connection(ConnectionId=connection, Data=b"{}")
    theirs = botocores_request(connection, b"{}")
    assert f"https://{wire.requests[0].headers['host']}{wire.requests[0].path}" == theirs.url
    assert wire.requests[0].body == theirs.body == b"{}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(connection=st.text("ABCxyz019+/=-_", min_size=1), data=st.binary())
def test_a_request_is_signed_as_botocore_signs_it(wire: Wire, connection: str, data: bytes) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    wire.requests.clear()
    ConnectionsClient(ENDPOINT).post_to_connection(ConnectionId=connection, Data=data)
    ours = wire.requests[0]
    headers = {"host": ours.headers["host"], "content-type": ours.headers["content-type"]}
    theirs = AWSRequest("POST", f"https://{headers['host']}{ours.path}", headers, ours.body)
    with patch("botocore.auth.get_current_datetime", lambda: MOMENT):
        SigV4Auth(Credentials("AKIATEST", "secret"), "execute-api", "us-east-1").add_auth(theirs)
    assert ours.headers["authorization"] == theirs.headers["Authorization"]


@pytest.mark.parametrize(("url", "endpoint"), [(URL, ENDPOINT), (URL + "/", ENDPOINT), ("https://x.example.com", None)])
def test_the_address_of_the_api_is_set_with_its_path(
    monkeypatch: pytest.MonkeyPatch, wire: Wire, url: str, endpoint: Endpoint | None
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    assert endpoint_of(CONNECTIONS) == endpoint


def test_the_local_clouds_address_is_that_of_the_variable_and_other_services_have_no_path(
    monkeypatch: pytest.MonkeyPatch, wire: Wire
) -> None:
    monkeypatch.setenv(VARIABLE, LOCAL)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    local = Endpoint(CONNECTIONS, "us-east-1", "http", "127.0.0.1:4566", "/_aws/execute-api/a1b2c3d4/api")
    assert endpoint_of(CONNECTIONS) == local
    assert endpoint_of("dynamodb") == Endpoint("dynamodb", "us-east-1", "http", "127.0.0.1:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", LOCAL)
    assert endpoint_of("dynamodb") is None


def test_a_text_is_sent_again_only_when_the_connection_had_been_closed_before(wire: Wire) -> None:
    wire.replies = [broken(ConnectionResetError(), was_stale=True), reply(200, b"")]
    ConnectionsClient(ENDPOINT).post_to_connection(ConnectionId="a", Data=b"{}")
    assert len(wire.requests) == 2
    wire.replies = [broken(TimeoutError()), reply(200, b"")]
    with pytest.raises(NoAnswer):
        ConnectionsClient(ENDPOINT).post_to_connection(ConnectionId="a", Data=b"{}")
    assert len(wire.requests) == 3


def test_what_is_gone_is_named_and_other_failures_are_left(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> None:
    def answer(request: Any) -> Any:
        connection = request.path.rpartition("/")[2]
        if connection == "broken":
            raise ConnectionError
        return {"gone": failure("GoneException", 410), "busy": failure("LimitExceededException", 429)}.get(
            connection, reply(200, b"")
        )

    monkeypatch.setenv(VARIABLE, URL)
    clients.client.cache_clear()
    wire.replies = [answer]
    assert ConnectionSender().send(dict.fromkeys(("a", "gone", "busy", "b"), "{}")) == ["gone"]
    assert ConnectionSender().send({"gone": "{}"}) == ["gone"]
    assert ConnectionSender().send({}) == []
    assert len(wire.requests) == 5
    clients.client.cache_clear()


def test_an_error_has_its_status(wire: Wire) -> None:
    wire.replies = [failure("ForbiddenException", 403)]
    with pytest.raises(ServiceError) as refused:
        ConnectionsClient(ENDPOINT).post_to_connection(ConnectionId="a", Data=b"{}")
    assert (refused.value.code, refused.value.status) == ("ForbiddenException", 403)
