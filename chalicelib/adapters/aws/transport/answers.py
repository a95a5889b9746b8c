"""What a service's answer means: the fields of its body, or the error that it names."""

from email.utils import parsedate_to_datetime
from typing import Any
from zlib import crc32

import msgspec

from chalicelib.adapters.aws.transport.connections import Response
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError

Json = dict[str, Any]


def read_answer(operation: str, response: Response) -> Json:
    """The fields of a successful answer. Raises ServiceError for another one, NoAnswer if it was damaged on its way."""
    if not 200 <= response.status < 300:
        raise _error(operation, response)
    checksum = response.headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(crc32(response.body)):
        raise NoAnswer(operation, "ChecksumMismatch", was_sent=True)
    fields = _fields(response.body)
    if fields is None:
        raise NoAnswer(operation, "MalformedAnswer", was_sent=True)
    return fields


def _error(operation: str, response: Response) -> ServiceError:
    answer = _fields(response.body) or {}
    code = str(answer.get("__type") or response.headers.get("x-amzn-errortype") or response.status)
    code = code.partition(":")[0].rpartition("#")[2]
    # SQS names its errors in this header as it did in the protocol before, and documents these names.
    older_code, _, sender = response.headers.get("x-amzn-query-error", "").partition(";")
    error = ServiceError(operation, older_code if older_code and sender else code, response.status, answer)
    error.server_time = _seconds(response.headers.get("date"))
    error.retry_after_ms = response.headers.get("x-amz-retry-after")
    return error


def _fields(body: bytes) -> Json | None:
    """The fields of a JSON object, none if the body is empty; None if it is something else, such as a proxy's page."""
    if not body:
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _seconds(date: str | None) -> float | None:
    """A date header in seconds since 1970; None if there is none that can be read."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
