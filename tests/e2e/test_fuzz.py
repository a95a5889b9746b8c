"""Whatever is sent, the answer is one a caller can understand: never an internal error, never a stack trace."""

import copy
import hashlib
import json
import time
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from itsdangerous import URLSafeSerializer
from schemathesis.generation import GenerationMode

from infra.local.signatures import signature
from infra.local.stack import Stack
from infra.local.waiting import STANDSTILL_SECONDS
from infra.paths import ROOT
from infra.samples.demo_shop import SHOP, SHOP_BODY

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))
PROBLEM, PAGE = "application/problem+json", "text/html; charset=utf-8"
REQUEST_PARTS = {"method", "url", "headers", "params", "data", "json", "files", "cookies"}
EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="session")
def admin(stack: Stack) -> str:
    token = stack.token("admin")
    assert stack.request("PUT", f"/v1/shops/{SHOP}", SHOP_BODY, token).status == 200
    return token


@pytest.fixture(scope="session")
def secret(stack: Stack, admin: str) -> str:
    return stack.secret(SHOP, "standard")


@pytest.fixture(scope="session")
def known(stack: Stack, admin: str, secret: str) -> dict[str, str]:
    """Existing objects by the path parameter that names them: half of all requests are about them."""
    body = {**DOCUMENT["components"]["examples"]["OpenQuestion"]["value"], "external_id": f"fuzz-{uuid4()}"}
    case = stack.request("POST", "/v1/cases", body, admin).body["id"]
    message = {"case_external_id": body["external_id"], "author": "customer", "message": "?"}
    receipt = stack.hook(SHOP, "message.received", message, secret, str(uuid4())).body["receipt"]
    assert stack.request("GET", "/s/none").status == 404  # the key of links is made on first use
    name = f"/aftercare/{stack.name}/links"
    key = stack.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return {"shop": SHOP, "case": case, "receipt": receipt, "calendar": "CN", "token": survey_token(key, case)}


def survey_token(key: str, case: str) -> str:
    signed = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    expires_at = round((time.time() + 3600) * 1000)
    return str(URLSafeSerializer(key, salt="survey", signer_kwargs=signed).dumps([case, "fuzz", expires_at]))


@pytest.fixture(scope="session")
def api(stack: Stack, known: dict[str, str]) -> Any:
    """The OpenAPI document with the stack's address, a shop and existing objects filled in."""
    document = copy.deepcopy(DOCUMENT)
    document["servers"] = [{"url": stack.api}]
    parameters = document["components"]["parameters"]
    calendar = document["paths"]["/v1/shops/{shop}/calendars/{calendar}"]["parameters"][1]
    for one in (*(parameters[name] for name in ("Shop", "Case", "Receipt", "Token", "OfShop")), calendar):
        one["schema"] = {"type": "string", "enum": [known[one["name"]]]}
        one.pop("example", None)
    for name in ("OpenCase", "MetricsRun"):
        document["components"]["schemas"][name]["properties"]["shop"] = {"enum": [SHOP]}
    return schemathesis.openapi.from_dict(document)


OPERATIONS = [
    pytest.param(path, method, id=f"{method} {path}")
    for path, item in DOCUMENT["paths"].items()
    for method in ("get", "put", "post")
    if method in item
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_answer_is_never_a_fault_and_an_error_is_a_problem(
    path: str, method: str, api: Any, stack: Stack, admin: str, secret: str
) -> None:
    seen: list[int] = []

    @EXAMPLES
    @given(requests_of(api[path][method]))
    def try_it(case: schemathesis.Case[Any]) -> None:
        answer = send(case, stack, admin, secret)
        seen.append(answer.status_code)
        assert_civil(path, answer)

    try_it()
    assert set(seen) - {401}, "nothing got past the door"


def requests_of(operation: Any) -> SearchStrategy[schemathesis.Case[Any]]:
    """Requests that the document allows, and requests that violate it."""
    kinds = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return one_of([operation.as_strategy(generation_mode=kind) for kind in kinds])


def send(case: schemathesis.Case[Any], stack: Stack, admin: str, secret: str) -> requests.Response:
    """Send the request as an admin; a webhook is signed, so that it is accepted."""
    sent = case.as_transport_kwargs(base_url=stack.api)
    sent["headers"] = {**sent.get("headers", {}), "Authorization": f"Bearer {admin}"}
    prepared = requests.Request(**{name: sent[name] for name in sent.keys() & REQUEST_PARTS}).prepare()
    if case.path.startswith("/v1/hooks"):
        body = prepared.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        prepared.headers.update(signature(secret, str(uuid4()), int(time.time()), raw))
    with requests.Session() as session:
        return session.send(prepared, timeout=STANDSTILL_SECONDS)


def assert_civil(path: str, answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    if answer.status_code < 400:
        return
    content_type = answer.headers["content-type"]
    assert content_type == PROBLEM or (content_type == PAGE and not path.startswith("/v1/")), (
        answer.status_code,
        content_type,
        answer.text,
    )
    if content_type == PROBLEM:
        problem = json.loads(answer.content)
        assert problem["status"] == answer.status_code
        assert {"type", "title", "detail"} < problem.keys()
