"""With the trimmed data, clients send and read exactly what they send and read with the whole data of botocore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore
import pytest
import time_machine
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, DataNotFoundError
from botocore.loaders import Loader
from botocore.session import Session

from infra.deploy.aws_calls import Call, Underivable, calls_below
from infra.deploy.aws_data import trim_data
from tests.support.paths import ROOT

WHOLE = Path(botocore.__file__).parent / "data"
CALLS = {(call.service, call.operation, call.helper): call for call in calls_below(ROOT / "chalicelib")}
REGIONS = ("us-east-1", "cn-north-1")
SIGNED = Config(
    signature_version="s3v4", s3={"addressing_style": "virtual"}, retries={"total_max_attempts": 1, "mode": "standard"}
)
NOW = datetime(2026, 11, 27, tzinfo=UTC)
VARYING = {"amz-sdk-invocation-id", "User-Agent"}
DEPTH = 3


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data")
    trim_data(WHOLE, CALLS.values(), out)
    return out


@pytest.fixture(scope="module")
def loaders(trimmed: Path) -> tuple[Loader, Loader]:
    return loader(trimmed), loader(WHOLE)


def loader(data: Path) -> Loader:
    """A loader of botocore whose own data lie in this folder, as they do in the package. From a folder that is not its
    own, botocore takes the hosts of services from `endpoints.json` and does not ask the services' rules."""
    made = Loader([str(data)], include_default_search_paths=False)
    made.BUILTIN_DATA_PATH = str(data)
    return made


@pytest.fixture(autouse=True)
def fixed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("botocore.handlers.uuid.uuid4", lambda: "one")  # tokens of idempotency
    with time_machine.travel(NOW, tick=False):
        yield


@cache
def client(loader: Loader, service: str, region: str = "us-east-1") -> Any:
    session = Session()
    session.register_component("data_loader", loader)
    session.set_credentials("key", "secret", "token")
    return session.create_client(service, region_name=region, config=SIGNED)


def named(used: tuple[str, str, str | None]) -> str:
    return "-".join(filter(None, used))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.body

    def read(self, *_: Any) -> bytes:
        return self.body


@contextmanager
def wire(made: Any, status: int, body: bytes, headers: dict[str, str]) -> Iterator[list[tuple[Any, ...]]]:
    """What a client sends; each request is answered in the same way."""
    sent: list[tuple[Any, ...]] = []

    def send(request: Any, **_: Any) -> AWSResponse:
        headers_sent = {name: value for name, value in request.headers.items() if name not in VARYING}
        content = request.body.read() if hasattr(request.body, "read") else request.body
        sent.append((request.method, request.url, headers_sent, content))
        return AWSResponse(request.url, status, headers, _Raw(body))

    made.meta.events.register("before-send", send)
    yield sent
    made.meta.events.unregister("before-send", send)


def is_xml(made: Any) -> bool:
    return bool(made.meta.service_model.metadata["protocol"] == "rest-xml")


def example(shape: Any, depth: int = 0) -> Any:
    """A value of a shape with all its members, deep down with those only that are required."""
    if shape.type_name == "structure":
        members = list(shape.members.items())
        if getattr(shape, "is_tagged_union", False):
            members = members[:1]
        elif depth >= DEPTH:
            members = [(name, member) for name, member in members if name in shape.required_members]
        return {name: example(member, depth + 1) for name, member in members}
    if shape.type_name == "list":
        return [example(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"x": example(shape.value, depth + 1)}
    simple: dict[str, Any] = {"blob": b"x", "boolean": True, "timestamp": NOW, "float": 1.0, "double": 1.0}
    return simple.get(shape.type_name, (shape.enum or ["x" * 40])[0] if shape.type_name == "string" else 1)


def arguments(made: Any, operation: str) -> dict[str, Any]:
    model = made.meta.service_model.operation_model(made.meta.method_to_api_mapping[operation])
    given: dict[str, Any] = example(model.input_shape)
    return given | ({"Bucket": "some-bucket"} if "Bucket" in given else {})


def use(made: Any, call: Call, given: dict[str, Any]) -> Any:
    """What the code does with a client: call an operation, read its pages, sign an address or a form."""
    if call.helper == "generate_presigned_post":
        return made.generate_presigned_post(Bucket="some-bucket", Key="key", ExpiresIn=60)
    if call.helper == "generate_presigned_url":
        parameters = {"Bucket": "some-bucket", "Key": "key"}
        return made.generate_presigned_url(call.operation, Params=parameters, ExpiresIn=60)
    if call.helper == "get_paginator":
        given.pop("ContinuationToken")  # the paginator sets it
        return list(made.get_paginator(call.operation).paginate(**given))
    return getattr(made, call.operation)(**given)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("used", CALLS, ids=named)
def test_every_use_of_a_client_sends_the_same_with_the_trimmed_data(
    used: tuple[str, str, str | None], region: str, loaders: tuple[Loader, Loader]
) -> None:
    results = []
    given = arguments(client(loaders[1], used[0], region), used[1])
    for loader in loaders:
        made = client(loader, used[0], region)
        with wire(made, 200, b"" if is_xml(made) else b"{}", {}) as sent:
            results.append((_plain(use(made, CALLS[used], dict(given))), sent))
    assert results[0] == results[1]


def _plain(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: value.read() if hasattr(value, "read") else value for name, value in answer.items()}
    return answer


@pytest.mark.parametrize("used", [used for used in CALLS if used[2] is None], ids=named)
def test_each_error_of_an_operation_is_read_in_the_same_way(
    used: tuple[str, str, str | None], loaders: tuple[Loader, Loader]
) -> None:
    whole = client(loaders[1], used[0])
    operation = whole.meta.service_model.operation_model(whole.meta.method_to_api_mapping[used[1]])
    for error in [*(shape.name for shape in operation.error_shapes), "Unheard"]:
        found = [_error(client(loader, used[0]), used[1], error) for loader in loaders]
        assert found[0] == found[1]


def _error(made: Any, operation: str, code: str) -> tuple[str, Any]:
    xml = f"<Error><Code>{code}</Code></Error>"
    body = xml if is_xml(made) else f'{{"__type": "{code}", "message": "no"}}'
    with wire(made, 400, body.encode(), {"x-amzn-errortype": code}), pytest.raises(ClientError) as raised:
        getattr(made, operation)(**arguments(made, operation))
    return type(raised.value).__name__, raised.value.response


def test_the_trimmed_data_is_a_small_part_of_the_whole(trimmed: Path) -> None:
    sizes = [sum(path.stat().st_size for path in data.rglob("*.json*")) for data in (trimmed, WHOLE)]
    assert sizes[0] < sizes[1] / 40


def test_an_operation_that_the_code_does_not_call_is_not_there(loaders: tuple[Loader, Loader]) -> None:
    assert not hasattr(client(loaders[0], "dynamodb"), "create_table")
    with pytest.raises(DataNotFoundError):
        loaders[0].load_service_model("dynamodb", "paginators-1")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (Call("s3", "get_thing", "a.py:7"), "a.py:7: `get_thing` is no operation of s3"),
        (Call("s3", "put_object", "a.py:8", "get_paginator"), "a.py:8: s3 does not give `put_object` in pages"),
    ],
)
def test_an_operation_that_the_service_does_not_have_stops_the_build_and_its_place_is_named(
    call: Call, message: str, tmp_path: Path
) -> None:
    with pytest.raises(Underivable, match=message):
        trim_data(WHOLE, [call], tmp_path)


def test_every_method_is_an_operation_by_botocores_own_naming(loaders: tuple[Loader, Loader]) -> None:
    model = loaders[0].load_service_model("dynamodb", "service-2")
    assert {xform_name(name) for name in model["operations"]} == {use[1] for use in CALLS if use[0] == "dynamodb"}
