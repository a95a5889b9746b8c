"""The urgency of a case, and the order in which waiting cases are assigned."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import Priority
from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant

RANK: dict[Priority, int] = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
NEVER = 9_999_999_999_999  # an instant after all others
LOW_LATER_MS = 10 * MINUTE_MS
"""A low priority counts as if its clock were due this much later, in milliseconds, than that of a normal one."""


def urgency(case: Case) -> str:
    """The text under which a queued case is stored: the priority, then when the next clock is due, in milliseconds."""
    due_at = min((clock.due_at for clock in case.clocks if clock.state == "running" and clock.due_at), default=NEVER)
    return f"{RANK[case.priority]}#{due_at:013d}"


def assigned_after(urgency: str) -> tuple[int, Instant]:
    """By what waiting cases are sorted to be assigned, computed from their urgency.

    Urgent ones come first, then high ones. Normal and low ones are assigned together by what is due next, because low
    ones would otherwise wait until nobody else does, for the whole of a busy day.
    """
    rank, _, due_at = urgency.partition("#")
    is_low = int(rank) == RANK["low"]
    return min(int(rank), RANK["normal"]), int(due_at) + (LOW_LATER_MS if is_low else 0)
