"""Whom a finding touches, and what it costs: the feedback items it is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.insights.findings import Sums
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.kernel.money import money_of, sums

MOST_EVIDENCE = 20
"""The most items that an alert names, the newest first."""
HAS: dict[str, Callable[[Said, str], bool]] = {
    "all": lambda said, value: True,  # noqa: ARG005 - of one shape with the others
    "topic": lambda said, value: said.topic == value,
    "product": lambda said, value: value in said.item.products,
    "type": lambda said, value: said.item.type == value,
    "channel": lambda said, value: said.item.channel == value,
    "source": lambda said, value: said.item.source == value,
    "sentiment": lambda said, value: said.sentiment == value,
    "week": lambda said, value: said.week == value,
    "carrier": lambda said, value: said.carrier == value,
}
"""Whether an item has a value, by dimension."""


class Reach(Struct, frozen=True, kw_only=True):
    """`customers`: how many different ones; all unknown people of a source count as one. `money`: what was given, or is
    about to be, in the cases of the items, by currency. `evidence`: ids of items."""

    customers: int
    money: Sums
    evidence: list[str]


def items_with(inputs: InsightInputs, values: Mapping[str, str]) -> list[Said]:
    """The items that have all these values (by dimension), in the order of time; none for an unknown dimension."""
    if not values.keys() <= HAS.keys():
        return []
    return [said for said in inputs.said if all(HAS[dimension](said, value) for dimension, value in values.items())]


def reach_of(said: Iterable[Said], cases: Mapping[str, Case]) -> Reach:
    """The reach of these items."""
    items = [each.item for each in said]
    return Reach(
        customers=len({item.speaker for item in items}),
        money=cost_of(
            cases[case] for case in sorted({item.case for item in items if item.case in cases and item.case})
        ),
        evidence=sorted((item.id for item in items), reverse=True)[:MOST_EVIDENCE],
    )


def cost_of(cases: Iterable[Case]) -> Sums:
    """The money of these cases that counts against what was paid, by currency."""
    given = (compensation.amount for case in cases for compensation in case.money if compensation.counts)
    return {total.currency: money_of(total.value, total.currency).amount for total in sums(given)}


def main_currency(money: Iterable[Sums]) -> str | None:
    """The currency that most of these sums have, the first by name of those that are equal; None if none has any."""
    counts = defaultdict[str, int](int)
    for each in money:
        for currency, amount in each.items():
            counts[currency] += Decimal(amount) > 0
    used = [currency for currency, count in counts.items() if count]
    return min(used, key=lambda currency: (-counts[currency], currency), default=None)
