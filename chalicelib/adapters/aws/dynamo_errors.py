"""The errors of a DynamoDB table, translated from those of the service."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.usecases.ports.cases import VersionConflict

Item = dict[str, Any]
"""An item of the table in plain Python values."""
Unpack = Callable[[Mapping[str, Any]], Item]
"""Reads DynamoDB attributes as Python values."""


class ConditionFailed(Exception):
    """A condition did not hold. `reasons` has, for each write of the transaction, the item that failed its condition,
    or None."""

    def __init__(self, reasons: Sequence[Item | None]) -> None:
        super().__init__("a condition did not hold")
        self.reasons = reasons


class Unavailable(Exception):
    """The table could not handle the request, for a reason that is not the caller's."""


class Malformed(Exception):
    """The request is invalid, which is a fault of ours; trying again does not help."""


def translate_error(error: ServiceError, unpack: Unpack) -> Exception:
    """The exception that an error of the service means; `unpack` reads the items that it has."""
    code, answer = error.code, error.answer
    if code == "ConditionalCheckFailedException":
        return ConditionFailed([unpack(answer.get("Item", {}))])
    if code in ("TransactionConflictException", "TransactionInProgressException"):
        return VersionConflict()
    if code == "TransactionCanceledException":
        return _translate_cancelled(error, answer.get("CancellationReasons", []), unpack)
    kind = Malformed if code == "ValidationException" else Unavailable
    return kind(f"{error.operation}: {code}")


def _translate_cancelled(error: ServiceError, reasons: Sequence[dict[str, Any]], unpack: Unpack) -> Exception:
    """The exception for a cancelled transaction, which has one reason per write (`None` for the others). A malformed
    write comes first, because it never succeeds; then failed conditions; then conflicts with other transactions."""
    codes = [reason["Code"] for reason in reasons]
    if "ValidationError" in codes:
        return Malformed(f"{error.operation}: ValidationError at {codes.index('ValidationError')}")
    if "ConditionalCheckFailed" in codes:
        failed = (code == "ConditionalCheckFailed" for code in codes)
        items = (reason.get("Item", {}) for reason in reasons)
        return ConditionFailed(
            [unpack(item) if has_failed else None for item, has_failed in zip(items, failed, strict=True)]
        )
    if "TransactionConflict" in codes:
        return VersionConflict()
    return Unavailable(f"{error.operation}: {', '.join(sorted(set(codes) - {'None'})) or 'cancelled'}")
