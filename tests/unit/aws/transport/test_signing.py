"""Our signatures are botocore's."""

import random
from typing import Any
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.transport.credentials import Credentials
from chalicelib.adapters.aws.transport.signing import signed_headers

REQUESTS = 10_000
REGIONS = ("us-east-1", "eu-central-2", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "mx-central-1")
SERVICES = ("dynamodb", "kms", "sqs", "ssm")
SECRET_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
START, END = 946_684_800, 4_102_444_800  # the years 2000 to 2100


def botocores(headers: dict[str, str], body: bytes, region: str, service: str, who: Credentials, now: float) -> Any:
    """The headers as botocore signs them."""
    import datetime

    request = AWSRequest("POST", f"https://{headers['host']}/", dict(headers), body)
    at = datetime.datetime.fromtimestamp(int(now), datetime.UTC)
    with patch("botocore.auth.get_current_datetime", lambda: at):
        SigV4Auth(BotocoreCredentials(*who), service, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def some_request(chance: random.Random) -> tuple[dict[str, str], bytes, str, str, Credentials, float]:
    """A random request: any bytes in its body, any region, service, time and credentials."""

    def text(length: int) -> str:
        return "".join(chance.choices(SECRET_SIGNS, k=length))

    service, region = chance.choice(SERVICES), chance.choice(REGIONS)
    port = chance.choice(("", "", ":4566"))
    headers = {
        "host": f"{service}.{region}.amazonaws.com{port}",
        "content-type": f"application/x-amz-json-1.{chance.randint(0, 1)}",
        "x-amz-target": f"{text(12)}.{text(9)}",
        **({"x-amzn-query-mode": "true"} if chance.random() < 0.3 else {}),
    }
    body = chance.choice(
        (b"", chance.randbytes(chance.randint(1, 300)), "灯不亮 😀 \x00".encode() + chance.randbytes(9))
    )
    token = text(chance.randint(1, 900)) if chance.random() < 0.7 else None
    return headers, body, region, service, Credentials(text(20), text(40), token), chance.uniform(START, END)


def test_ten_thousand_random_requests_are_signed_as_botocore_signs_them() -> None:
    chance = random.Random(23)
    for number in range(REQUESTS):
        request = some_request(chance)
        assert signed_headers(*request) == botocores(*request), number


@given(body=st.binary(), secret=st.text(SECRET_SIGNS, min_size=1), token=st.none() | st.text(SECRET_SIGNS, min_size=1))
def test_any_body_and_credentials_are_signed_as_botocore_signs_them(
    body: bytes, secret: str, token: str | None
) -> None:
    headers = {"host": "localhost:8000", "content-type": "application/x-amz-json-1.0", "x-amz-target": "A.B"}
    request = headers, body, "us-east-1", "dynamodb", Credentials("AKIA", secret, token), 1_795_000_000.0
    assert signed_headers(*request) == botocores(*request)


def test_the_headers_that_were_given_are_not_changed() -> None:
    headers = {"host": "x"}
    signed_headers(headers, b"", "us-east-1", "sqs", Credentials("a", "b", "c"), 0.0)
    assert headers == {"host": "x"}
