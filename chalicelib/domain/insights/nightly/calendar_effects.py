"""What holidays and promotions did: how much was said on their days, compared with other days."""

from collections.abc import Sequence
from itertools import groupby
from math import exp, sqrt

from chalicelib.domain.insights.findings import EventEffect
from chalicelib.domain.insights.outcomes.shares import Z
from chalicelib.domain.kernel.timestamps import Day


def event_effects(
    days: Sequence[Day], counts: Sequence[int], expected: Sequence[float], events: dict[Day, str], judged_from: int
) -> list[EventEffect]:
    """The effect of each event whose days lie among those that can be judged, the newest first. `expected` is what the
    days before an event let expect (`unusual_days`); the interval is that of a Poisson count, on the scale of
    logarithms."""
    named = [(events.get(day), place) for place, day in enumerate(days) if place >= judged_from]
    effects = []
    for name, run in groupby(named, key=lambda pair: pair[0]):
        places = [place for _, place in run]
        if name is not None and sum(expected[place] for place in places) > 0:
            effects.append(_effect(name, places, days, counts, expected))
    return effects[::-1]


def _effect(
    name: str, places: Sequence[int], days: Sequence[Day], counts: Sequence[int], expected: Sequence[float]
) -> EventEffect:
    count, usual = sum(counts[place] for place in places), sum(expected[place] for place in places)
    effect = (count + 0.5) / (usual + 0.5)
    reach = exp(Z / sqrt(count + 0.5))
    return EventEffect(
        event=name,
        first=days[places[0]],
        last=days[places[-1]],
        count=count,
        expected=usual,
        effect=effect,
        interval=(effect / reach, effect * reach),
    )
