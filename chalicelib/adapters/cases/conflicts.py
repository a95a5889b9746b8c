"""Why a transaction that changes cases was refused."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from chalicelib.adapters.aws.dynamo import ConditionFailed, Item
from chalicelib.adapters.cases.stored_items import read_idempotency
from chalicelib.usecases.ports.cases import AlreadyAnswered, AlreadyStored, AtCapacity, NumberTaken, VersionConflict

Write = dict[str, Any]
"""One write of a transaction."""


class ChangeWrites(Struct, frozen=True):
    """The writes of the change of one case: its state, so many events, its number if it has a new one, and others."""

    writes: list[Write]
    events: int
    numbered: bool


def conflict_of(refused: ConditionFailed, planned: Iterable[ChangeWrites]) -> Exception:
    """The error for a refused transaction, by the first of its changes that had a write refused."""
    reasons = list(refused.reasons)
    for change in planned:
        own, reasons = reasons[: len(change.writes)], reasons[len(change.writes) :]
        if any(reason is not None for reason in own):
            return _conflict(own, change)
    return VersionConflict()


def _conflict(reasons: Sequence[Item | None], change: ChangeWrites) -> Exception:
    """The error for a change that was refused, by which of its writes was: the state, an event, the number, or the
    first of the others, by the item that is in its place."""
    state, *others = reasons
    if state is not None:
        return VersionConflict()
    if any(reason is not None for reason in others[: change.events]):
        return AlreadyStored()
    others = others[change.events :]
    if change.numbered and others[0] is not None:
        return NumberTaken()
    stored = next((reason for reason in others if reason), None)
    if stored is not None and "digest" in stored:
        return AlreadyAnswered(read_idempotency(stored))
    if stored is not None and "capacity" in stored:
        return AtCapacity(stored["sk"])
    return VersionConflict()
