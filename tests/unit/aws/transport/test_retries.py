"""What is repeated, how often and after how long: the same as by botocore, whose own tables are asked here."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import OperationModel
from botocore.retries import quota as botocore_quota
from botocore.retries import standard
from botocore.session import Session

from chalicelib.adapters.aws.transport import retries
from chalicelib.adapters.aws.transport.client import PROTOCOLS

OPERATIONS = {
    "dynamodb": (
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    ),
    "kms": ("Decrypt", "GenerateDataKey"),
    "sqs": ("SendMessageBatch", "ChangeMessageVisibility"),
    "ssm": ("GetParameter", "PutParameter"),
}
STATUSES = (400, 403, 404, 409, 413, 429, 500, 501, 502, 503, 504, 509)
SESSION = Session()


class _Answer:
    """An HTTP response with a status."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.headers, self.content = status, headers or {}, b""


def context(model: OperationModel, code: str, status: int, attempt: int = 1, asked: str | None = None) -> Any:
    """A failed attempt as botocore describes it."""
    headers = {"x-amz-retry-after": asked} if asked is not None else {}
    return standard.RetryContext(attempt, model, {"Error": {"Code": code}}, _Answer(status, headers))


def models() -> Iterator[tuple[str, OperationModel]]:
    """The operations that our client calls."""
    for service, names in OPERATIONS.items():
        for name in names:
            yield service, SESSION.get_service_model(service).operation_model(name)


def codes(model: OperationModel) -> set[str]:
    """Every error code that botocore knows for an operation, its lists of codes, and some that nobody knows."""
    modelled = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    lists = {*standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES}
    lists |= {*standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES}
    return modelled | lists | {"AccessDeniedException", "ValidationException", "SomethingNew", "400", "500"}


def test_our_lists_of_codes_and_statuses_are_botocores() -> None:
    assert set(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == retries.THROTTLING_CODES
    ours_beyond = {"ReplicatedWriteConflictException"}  # botocore has it in the model of DynamoDB
    assert set(standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES) | ours_beyond == retries.TRANSIENT_CODES
    assert {*standard.TransientRetryableChecker._TRANSIENT_STATUS_CODES, 0} == retries.TRANSIENT_STATUSES
    assert standard.ThrottlingStatusCodeChecker._THROTTLING_STATUS_CODES == [retries.TOO_MANY_REQUESTS]


def test_every_code_at_every_status_is_repeated_or_not_as_by_botocore() -> None:
    conditions, compared = standard.StandardRetryConditions(max_attempts=4), 0
    for service, model in models():
        modelled = {shape.name for shape in model.error_shapes}
        for code in codes(model):
            for status in STATUSES:
                if status == 429 and code in modelled:
                    continue  # no service answers so: an error with a name of its own has another status
                compared += 1
                expected = bool(conditions.is_retryable(context(model, code, status)))
                assert retries.is_retryable(code, status) is expected, (service, model.name, code, status)
    assert compared > 3000


def test_every_code_is_throttling_or_not_as_for_botocore() -> None:
    detector = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
    for service, model in models():
        modelled = {shape.name for shape in model.error_shapes}
        for code in codes(model):
            for status in STATUSES:
                if status == 429 and code in modelled:
                    continue
                expected = bool(detector.is_throttling_error_from_context(context(model, code, status)))
                assert retries.is_throttled(code, status) is expected, (service, code, status)


def test_no_model_marks_another_error_as_worth_repeating() -> None:
    marked = {
        shape.name
        for service in PROTOCOLS
        for shape in SESSION.get_service_model(service).error_shapes
        if shape.metadata.get("retryable") is not None
    }
    assert marked == {"ReplicatedWriteConflictException"}


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("asked", [None, "0", "700", "90000", "-5", "soon"])
@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalServerError", 500)])
def test_a_call_waits_as_long_as_botocore_would(share: float, asked: str | None, code: str, status: int) -> None:
    detector = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
    for service, model in models():
        backoff = standard.ExponentialBackoff(random=lambda: share, service_name=service, throttling_detector=detector)
        for attempt in range(1, 9):
            expected = backoff.delay_amount(context(model, code, status, attempt, asked))
            throttled = retries.is_throttled(code, status)
            assert retries.delay_seconds(service, attempt, throttled, share, asked) == pytest.approx(expected)


def test_the_quota_is_botocores() -> None:
    checker = standard.RetryQuotaChecker
    assert (retries.QUOTA, retries.TRANSIENT_COST, retries.THROTTLED_COST, retries.REFUND) == (
        botocore_quota.RetryQuota.INITIAL_CAPACITY,
        checker._RETRY_COST,
        checker._THROTTLING_RETRY_COST,
        checker._NO_RETRY_INCREMENT,
    )
    assert standard._SERVICE_MAX_ATTEMPTS["dynamodb"] == retries.MAX_ATTEMPTS


def test_a_quota_that_is_spent_pays_for_no_repetition_and_a_success_gives_back_what_it_cost() -> None:
    quota = retries.Quota()
    assert [quota.spend(False) for _ in range(36)] == [14] * 35 + [0]
    assert (quota.spend(True), quota.spend(True), quota.left) == (5, 5, 0)
    quota.refund(14)
    quota.refund(0)
    assert quota.left == 15


def test_a_quota_never_grows_beyond_its_start() -> None:
    quota = retries.Quota()
    quota.spend(True)
    quota.refund(14)
    quota.refund(0)
    assert quota.left == retries.QUOTA
