"""When a failed call is repeated, and after how long: the rules of botocore's retry mode `standard`.

A test compares them with botocore's own tables, so that an update of botocore shows what has changed
(tests/unit/aws/transport/test_retries.py)."""

import threading

MAX_ATTEMPTS = 4
THROTTLING_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    }
)
TRANSIENT_CODES = frozenset(
    {"RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "ReplicatedWriteConflictException"}
)
NO_ANSWER = 0
"""Stands for the status of a call without a usable answer."""
TRANSIENT_STATUSES = frozenset({NO_ANSWER, 500, 502, 503, 504})
TOO_MANY_REQUESTS = 429
THROTTLED_SECONDS, TRANSIENT_SECONDS = 1.0, {"dynamodb": 0.025}
OTHER_TRANSIENT_SECONDS, MAX_SECONDS, MAX_ASKED_SECONDS = 0.05, 20.0, 5.0
QUOTA, THROTTLED_COST, TRANSIENT_COST, REFUND = 500, 5, 14, 1


def is_throttled(code: str, status: int) -> bool:
    """Whether the service handles no more calls for now."""
    return code in THROTTLING_CODES or status == TOO_MANY_REQUESTS


def is_retryable(code: str, status: int) -> bool:
    """Whether the same call may succeed when it is repeated."""
    return is_throttled(code, status) or code in TRANSIENT_CODES or status in TRANSIENT_STATUSES


def delay_seconds(service: str, attempt: int, throttled: bool, share: float, asked_ms: str | None) -> float:
    """How long to wait after the given attempt (the first is 1). `share`: a random number from 0 to 1, by which callers
    that failed together are spread. `asked_ms`: the milliseconds for which the service asks, if it does."""
    base = THROTTLED_SECONDS if throttled else TRANSIENT_SECONDS.get(service, OTHER_TRANSIENT_SECONDS)
    own: float = share * min(base * 2 ** (attempt - 1), MAX_SECONDS)
    asked = int(asked_ms) / 1000 if asked_ms is not None and asked_ms.isdecimal() else 0.0
    return max(own, min(asked, own + MAX_ASKED_SECONDS))


class Quota:
    """How many repetitions a client can still afford. When everything fails, calls are soon not repeated any more, so
    that a service in trouble is not given four times the load."""

    def __init__(self) -> None:
        self.left = QUOTA
        self._lock = threading.Lock()

    def spend(self, throttled: bool) -> int:
        """What a repetition costs; 0 when it is not affordable, and then it must not be made."""
        cost = THROTTLED_COST if throttled else TRANSIENT_COST
        with self._lock:
            if cost > self.left:
                return 0
            self.left -= cost
            return cost

    def refund(self, last_cost: int) -> None:
        """After a success: what its last repetition cost, or a little for a call that needed none."""
        if self.left < QUOTA:
            with self._lock:
                self.left = min(QUOTA, self.left + (last_cost or REFUND))
