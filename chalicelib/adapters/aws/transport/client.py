"""Calls of AWS services that speak JSON over POST: signed, sent on a connection that stays open, and repeated when that
is allowed (docs/decisions/0023-transport.md)."""

import os
import random
import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from chalicelib.adapters.aws.transport import connections, retries
from chalicelib.adapters.aws.transport.answers import Json, read_answer
from chalicelib.adapters.aws.transport.credentials import credentials
from chalicelib.adapters.aws.transport.endpoints import Endpoint
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from chalicelib.adapters.aws.transport.remedies import Remedies, SignedBy
from chalicelib.adapters.aws.transport.signing import signed_headers

PROTOCOLS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "kms": ("TrentService", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
}
"""By service, the prefix of its operations and the version of its JSON, as in botocore's service models."""
MORE_HEADERS = {"sqs": {"x-amzn-query-mode": "true"}}
"""SQS names its errors as it did in the protocol before, as botocore asks it to."""
TOKENS = {"TransactWriteItems": "ClientRequestToken"}
"""The parameter that makes an operation safe to repeat; botocore fills it in as well."""
BLOBS = {"kms": ("CiphertextBlob", "Plaintext")}
"""Fields of answers that are bytes. Those of DynamoDB's items are decoded by `dynamo_values.unpack`."""


class Client:
    """A client of one service. Its methods are the service's operations in snake case, with the parameters that
    botocore's clients take. They raise ServiceError. Threads may share a client."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.prefix, version = PROTOCOLS[endpoint.service]
        self.headers = {
            "host": endpoint.host,
            "content-type": f"application/x-amz-json-{version}",
            **MORE_HEADERS.get(endpoint.service, {}),
        }
        self.quota = retries.Quota()
        self.clock_offset = 0.0
        """By how many seconds the service's clock is ahead of ours."""

    def __getattr__(self, method: str) -> Callable[..., Json]:
        if method.startswith("_"):
            raise AttributeError(method)
        operation = "".join(part.capitalize() for part in method.split("_"))

        def call(**params: Any) -> Json:
            return self.call(operation, params)

        vars(self)[method] = call
        return call

    def call(self, operation: str, params: Json) -> Json:
        """Call an operation, again if it may succeed then; the fields of its answer. Raises ServiceError."""
        if operation in TOKENS:
            params = {TOKENS[operation]: os.urandom(16).hex(), **params}
        body = msgspec.json.encode(params)
        attempt, cost, remedies = 1, 0, Remedies()
        while True:
            signed_by = credentials(), self.clock_offset
            try:
                answer = self._attempt(operation, body, signed_by)
            except ServiceError as error:
                if remedies.apply(error, self, signed_by):
                    continue
                cost = self._wait(error, attempt)
                attempt += 1
            else:
                self.quota.refund(cost)
                return self._with_bytes(answer)

    def _attempt(self, operation: str, body: bytes, signed_by: SignedBy) -> Json:
        signer, clock_offset = signed_by
        headers = self.headers | {"x-amz-target": f"{self.prefix}.{operation}"}
        service, region = self.endpoint.service, self.endpoint.region
        signed = signed_headers(headers, body, region, service, signer, time.time() + clock_offset)
        request = connections.Request(self.endpoint, signed | _unsigned_headers(), body)
        try:
            response = connections.send(request)
        except connections.Broken as broken:
            raise NoAnswer(operation, broken.reason, broken.was_sent, broken.was_stale) from broken
        return read_answer(operation, response)

    def _wait(self, error: ServiceError, attempt: int) -> int:
        """Wait before the next attempt; what it costs. Raises the error if there must be none."""
        throttled = retries.is_throttled(error.code, error.status)
        if attempt == retries.MAX_ATTEMPTS or not retries.is_retryable(error.code, error.status):
            raise error
        cost = self.quota.spend(throttled)
        if not cost:
            raise error
        service, share = self.endpoint.service, random.random()  # noqa: S311  # spreads callers, guards nothing
        time.sleep(retries.delay_seconds(service, attempt, throttled, share, error.retry_after_ms))
        return cost

    def _with_bytes(self, answer: Json) -> Json:
        for name in BLOBS.get(self.endpoint.service, ()):
            if name in answer:
                answer[name] = b64decode(answer[name])
        return answer


def _unsigned_headers() -> dict[str, str]:
    """Headers that may change on their way. The trace id lets Lambda stop functions that invoke each other without
    end."""
    headers = {"user-agent": "aftercare", "accept-encoding": "identity"}
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    if trace and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        headers["x-amzn-trace-id"] = quote(trace, safe="-=;:+&[]{}\"',")
    return headers
