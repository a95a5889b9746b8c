"""What can be counted of some texts: their days, products, types, channels, customers and cost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.cases.case import Case
from chalicelib.domain.insights.findings import Counts, Sums
from chalicelib.domain.insights.night_inputs import Said
from chalicelib.domain.insights.outcomes.reach import cost_of
from chalicelib.domain.orders.order_record import OrderRecord

MOST_VALUES = 30


def counts_by_day(said: Iterable[Said]) -> Counts:
    """The texts of each day, by day."""
    return dict(sorted(Counter(each.day for each in said).items()))


def counts_of(values: Iterable[str | None]) -> dict[str, int]:
    """How often each value occurs, the most frequent first; what is not known is left out."""
    counts = Counter(value for value in values if value is not None)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_VALUES])


def speaker_of(said: Said) -> str:
    """Who said it: the customer; where nobody is known, whoever wrote in the case, or the item itself."""
    return said.item.customer or said.item.case or said.item.id


def money_of(said: Iterable[Said], cases: Mapping[str, Case]) -> Sums:
    """The money of the cases of these texts, by currency."""
    ids = sorted({each.item.case for each in said if each.item.case})
    return cost_of(cases[identifier] for identifier in ids if identifier in cases)


def newest_items(said: Sequence[Said], most: int) -> list[str]:
    """The ids of the newest texts, the newest first."""
    return [each.item.id for each in reversed(said[-most:])]


def titles_of(orders: Mapping[str, OrderRecord]) -> dict[str, str]:
    """The title of each product that orders name one for, by SKU; of several the last by the order's id."""
    titles: dict[str, str] = {}
    for _, record in sorted(orders.items()):
        reported = record.told.get("items")
        for item in reported.value or () if reported is not None else ():
            if isinstance(item, dict) and item.get("sku") and item.get("title"):
                titles[str(item["sku"])] = str(item["title"])
    return titles
