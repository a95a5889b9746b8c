"""A topic keeps its identity from one day to the next, as long as it is about the same."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from chalicelib.domain.insights.findings import Question, Topic
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Day

Subject = TypeVar("Subject", Topic, Question)
SAME = 0.2
"""From this likeness on, two topics of two days are the same one."""
ITEMS = 0.7
"""How much it counts that they have the same newest items; the rest is that they have the same words."""


def continue_identities(topics: Sequence[Subject], before: Sequence[Subject], shop: str, day: Day) -> list[Subject]:
    """The topics, or questions, with the ids and first days of those before that they continue, each at most once and
    the likest first; the others get an id of their own."""
    likeness = sorted(
        (
            (-_likeness(topic, other), place, other_place)
            for place, topic in enumerate(topics)
            for other_place, other in enumerate(before)
        ),
    )
    continued: dict[int, Subject] = {}
    taken: set[int] = set()
    for unlike, place, other_place in likeness:
        if -unlike >= SAME and place not in continued and other_place not in taken:
            continued[place] = before[other_place]
            taken.add(other_place)
    return [_named(topic, continued.get(place), shop, day, place) for place, topic in enumerate(topics)]


def _named(topic: Subject, before: Subject | None, shop: str, day: Day, place: int) -> Subject:
    if before is not None:
        return replace(topic, id=before.id, since=min(before.since, topic.since))
    return replace(topic, id=key_of("topic", shop, day, str(place), *topic.words))


def _likeness(topic: Subject, other: Subject) -> float:
    return ITEMS * _shared(set(topic.items), set(other.items)) + (1 - ITEMS) * _shared(
        set(topic.words), set(other.words)
    )


def _shared(first: set[str], second: set[str]) -> float:
    """The Jaccard index of two sets."""
    return len(first & second) / len(first | second) if first | second else 0.0
