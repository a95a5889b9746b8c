"""Customers in groups of like behaviour: how often they write, how they feel, what they give back."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from chalicelib.domain.insights.findings import Segment
from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.outcomes.shares import share_interval

FEWEST = 60
"""Customers that are needed before groups of them mean anything."""
GROUPS = 4
CLEAR = 0.5
"""A group is named after the trait that it has so many standard deviations more of than others."""
GIVES_BACK = ("return", "exchange", "repair", "refund")
TRAITS = ("writes_often", "blames", "gives_back", "many_products")
ORDINARY = "ordinary"
Array = NDArray[np.float64]


def behaviour_segments(said: Sequence[Said]) -> list[Segment]:
    """The groups, the largest first, each with its means; none with too few customers."""
    by_customer = defaultdict[str, list[Said]](list)
    for each in said:
        if each.item.customer is not None:
            by_customer[each.item.customer].append(each)
    if len(by_customer) < FEWEST:
        return []
    traits = np.array([_traits(by_customer[customer]) for customer in sorted(by_customer)])
    spread = traits.std(axis=0)
    even = (traits - traits.mean(axis=0)) / np.where(spread > 0, spread, 1)
    groups = min(GROUPS, len(np.unique(even.round(6), axis=0)))
    labels = KMeans(groups, n_init=10, random_state=1).fit(even).labels_
    names = np.array([_name(even[labels == label].mean(axis=0)) for label in range(groups)])[labels]
    return [_segment(str(name), traits[names == name], len(traits)) for name in _by_size(names)]


def _traits(said: Sequence[Said]) -> list[float]:
    """The traits of one customer, in the order of `TRAITS`."""
    return [
        float(np.log1p(len(said))),
        sum(each.sentiment == "negative" for each in said) / len(said),
        float(len({each.item.case for each in said if each.item.type in GIVES_BACK})),
        float(len({sku for each in said for sku in each.item.products})),
    ]


def _name(means: Array) -> str:
    return TRAITS[int(means.argmax())] if means.max() > CLEAR else ORDINARY


def _by_size(names: NDArray[np.str_]) -> list[str]:
    different, counts = np.unique(names, return_counts=True)
    return [str(different[place]) for place in np.argsort(-counts, kind="stable")]


def _segment(name: str, traits: Array, total: int) -> Segment:
    means = dict(zip(TRAITS, traits.mean(axis=0).tolist(), strict=True))
    return Segment(
        kind="behaviour",
        name=name,
        customers=len(traits),
        share=len(traits) / total,
        share_interval=share_interval(len(traits), total),
        details=means | {"writes_often": float(np.expm1(traits[:, 0]).mean())},
    )
