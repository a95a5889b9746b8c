"""Periods of whole days, as staff ask for them."""

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Day, next_day

MAX_DAYS = 92
"""So many days a period may have at the most."""


def days_between(first: Day, last: Day) -> list[Day]:
    """The days from the first to the last, both included. Invalid for a period that is empty or longer than
    `MAX_DAYS`."""
    if last < first or next_day(first, MAX_DAYS) <= last:
        raise invalid("to", f"is a day from `from` on, {MAX_DAYS} days in all at the most")
    days = [first]
    while days[-1] < last:
        days.append(next_day(days[-1]))
    return days
