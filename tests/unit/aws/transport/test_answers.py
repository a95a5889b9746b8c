"""What services' answers and errors mean, in all the forms in which they come."""

from zlib import crc32

import pytest

from chalicelib.adapters.aws.transport.answers import read_answer
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from tests.support.aws.wire import reply


def error(status: int, body: object, headers: dict[str, str] | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        read_answer("GetItem", reply(status, body, headers))
    return refused.value


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_empty_answer_has_no_fields(body: bytes) -> None:
    assert read_answer("GetItem", reply(200, body)) == {}


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}, {}, "ResourceNotFoundException"),
        ({"__type": "ResourceNotFoundException"}, {}, "ResourceNotFoundException"),
        ({"__type": "ResourceNotFoundException:http://internal.amazon.com/coral/"}, {}, "ResourceNotFoundException"),
        ({"__type": "a#ResourceNotFoundException:http://internal.amazon.com/#x"}, {}, "ResourceNotFoundException"),
        ({}, {"x-amzn-errortype": "AccessDeniedException:http://x/"}, "AccessDeniedException"),
        ({"__type": "First"}, {"x-amzn-errortype": "Second"}, "First"),
        ({"message": "no"}, {}, "400"),
        (b"", {}, "400"),
        (b"<html>Bad</html>", {}, "400"),
        (b"\xff\xfe", {}, "400"),
        (b"[1]", {}, "400"),
    ],
)
def test_the_code_of_an_error_is_read_in_every_form(body: object, headers: dict[str, str], code: str) -> None:
    assert error(400, body, headers).code == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("AWS.SimpleQueueService.NonExistentQueue;Sender", "AWS.SimpleQueueService.NonExistentQueue"),
        ("InvalidParameterValue;Sender", "InvalidParameterValue"),
        (";Sender", "QueueDoesNotExist"),
        ("NonExistentQueue", "QueueDoesNotExist"),
        ("", "QueueDoesNotExist"),
    ],
)
def test_an_error_of_sqs_has_its_older_name(header: str, code: str) -> None:
    assert error(400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist"}, {"x-amzn-query-error": header}).code == code


def test_an_error_has_the_fields_of_its_answer_and_says_what_happened() -> None:
    refused = error(400, {"__type": "x#TransactionCanceledException", "CancellationReasons": [], "Message": "why"})
    assert refused.answer["CancellationReasons"] == []
    assert str(refused) == "GetItem: TransactionCanceledException: why"


@pytest.mark.parametrize(("date", "seconds"), [("Wed, 18 Nov 2026 11:06:40 GMT", 1_795_000_000.0), ("soon", None)])
def test_an_error_knows_when_the_service_sent_it(date: str, seconds: float | None) -> None:
    assert error(400, {}, {"date": date}).server_time == seconds
    assert error(400, {}).server_time is None


def test_a_checksum_that_fits_is_accepted_and_another_one_is_not() -> None:
    body = b'{"Item":{}}'
    assert read_answer("GetItem", reply(200, body, {"x-amz-crc32": str(crc32(body))})) == {"Item": {}}
    for damaged in (body[:-1], body.replace(b"I", b"J")):
        with pytest.raises(NoAnswer, match="ChecksumMismatch"):
            read_answer("GetItem", reply(200, damaged, {"x-amz-crc32": str(crc32(body))}))


@pytest.mark.parametrize("body", [b'{"Item":', b"<html>", b"[]", b"null", b"\xff"])
def test_a_success_without_a_readable_answer_is_none(body: bytes) -> None:
    with pytest.raises(NoAnswer, match="MalformedAnswer"):
        read_answer("GetItem", reply(200, body))
