"""The urgency of a case, by which the queue is sorted."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import Priority

RANK: dict[Priority, int] = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
NEVER = 9_999_999_999_999  # an instant after all others


def urgency(case: Case) -> str:
    """The text that queued cases are sorted by: the priority, then when the next clock is due."""
    due_at = min((clock.due_at for clock in case.clocks if clock.state == "running" and clock.due_at), default=NEVER)
    return f"{RANK[case.priority]}#{due_at:013d}"
