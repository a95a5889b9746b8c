"""What a shop's agents did in a period, each beside all of them."""

from typing import Any, Protocol

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.metrics.agent_metrics import PREFIX, summed, view

MOST_DAYS = 92
Record = dict[str, Any]


class AgentRecords(Protocol):
    """Where the nights' records are found."""

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]: ...


def compare_agents(nights: AgentRecords, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
    """The agents of a shop from one day to another, who handled most first. By `skill` each is compared with all who
    had cases of that type."""
    if last < first or next_day(first, MOST_DAYS) <= last:
        raise invalid("to", f"is a day from `from` on, {MOST_DAYS} days in all at the most")
    by_value: dict[str, list[Record]] = {}
    for one in nights.records_between(shop, PREFIX + dimension, first, last):
        by_value.setdefault(one["value"], []).append(one)
    groups: dict[str, list[Record]] = {}
    for value, records in by_value.items():
        groups.setdefault(_group(dimension, value), []).extend(records)
    all_of_them = {group: summed(group, records) for group, records in groups.items()}
    found = [summed(value, records) for value, records in by_value.items()]
    ranked = sorted(found, key=lambda one: (-one.handled, one.value))
    return [view(one, all_of_them[_group(dimension, one.value)]) for one in ranked]


def _group(dimension: str, value: str) -> str:
    """With whom one is compared."""
    return value.rpartition("/")[2] if dimension == "skill" else ""
