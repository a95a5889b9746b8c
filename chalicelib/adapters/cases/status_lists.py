"""The lists that cases are in by their status.

There are three, of cases that are worked on, resolved ones and closed ones, because moving a case from one list to
another costs two writes of an index. Earlier versions had a list for each of the six statuses. What they wrote stays
in those lists until the case changes, so they are read as well, where they have anything.
"""

from chalicelib.domain.kernel.enums import Status

OPEN = "open"
LISTS = (OPEN, "resolved", "closed")
SNOOZED = "snoozed"
"""The list of an assignee's cases that are put aside. By status alone they are in the list of open cases."""
FORMER_LISTS: tuple[Status, ...] = ("new", "waiting_customer", "waiting_internal")


def list_of(status: Status) -> str:
    """The list that a case with this status is in."""
    return status if status in LISTS else OPEN


def lists_of(status: Status | None) -> tuple[str, ...]:
    """The lists that have the cases with this status; None stands for all."""
    return (list_of(status),) if status else LISTS


def assignee_lists_of(status: Status | None) -> tuple[str, ...]:
    """The lists that have an assignee's cases with this status; None stands for all."""
    lists = lists_of(status)
    return (*lists, SNOOZED) if OPEN in lists else lists


def former_lists_of(status: Status | None) -> tuple[Status, ...]:
    """The lists of earlier versions that may have cases with this status."""
    return tuple(former for former in FORMER_LISTS if status in (None, former))
