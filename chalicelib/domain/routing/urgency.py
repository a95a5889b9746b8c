"""The place of a case in a queue."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import Priority

RANK: dict[Priority, int] = {"urgent": 0, "high": 1, "normal": 2, "low": 3}


NEVER = 9_999_999_999_999


def urgency(case: Case) -> str:
    """The place of a case in the queue: what sorts first comes first."""
    due = min((clock.due_at for clock in case.clocks if clock.state == "running" and clock.due_at), default=NEVER)
    return f"{RANK[case.priority]}#{due:013d}"
