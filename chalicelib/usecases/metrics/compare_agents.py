"""What a shop's agents did in a period, each compared with all of them."""

from chalicelib.domain.kernel.periods import days_between
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.metrics.agent_metrics import view
from chalicelib.domain.metrics.dimensions import AGENT_PREFIX
from chalicelib.domain.metrics.sums import Summed, summed
from chalicelib.usecases.ports.metrics import AgentRecords, Record


def compare_agents(store: AgentRecords, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
    """The agents of a shop from one day to another, those who resolved most cases first. By `skill` each is compared
    with all agents who had cases of that type. Invalid for a period as for `days_between`."""
    days_between(first, last)
    by_agent: dict[str, list[Record]] = {}
    for record in store.records_between(shop, AGENT_PREFIX + dimension, first, last):
        by_agent.setdefault(record["value"], []).append(record)
    sums = [summed(value, records) for value, records in by_agent.items()]
    totals = _totals(dimension, by_agent)
    ranked = sorted(sums, key=lambda agent: (-agent.handled, agent.value))
    return [view(agent, totals[_group(dimension, agent.value)]) for agent in ranked]


def _totals(dimension: str, by_agent: dict[str, list[Record]]) -> dict[str, Summed]:
    """What all agents of each group did together."""
    groups: dict[str, list[Record]] = {}
    for value, records in by_agent.items():
        groups.setdefault(_group(dimension, value), []).extend(records)
    return {group: summed(group, records) for group, records in groups.items()}


def _group(dimension: str, value: str) -> str:
    """The group in which an agent is compared: by `skill` the agents with the same type of case, else all agents."""
    return value.rpartition("/")[2] if dimension == "skill" else ""
