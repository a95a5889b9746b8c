"""Read what nights found in the feedback of a shop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.timestamps import Day

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasFeedback, HasFindings

    class ReadFindingsServices(HasFeedback, HasFindings, Protocol):
        """The services that reading findings uses."""


MOST_NIGHTS = 31
"""The newest so many nights of a period are read, for what each night finds anew."""


class Period(Struct, frozen=True):
    """From one day to another, both included."""

    first: Day
    last: Day


class Found(Struct, frozen=True):
    """The nights of a period, the newest first; `night` is the newest, None if no night was computed."""

    nights: Sequence[Findings]

    @property
    def night(self) -> Findings | None:
        """The newest night."""
        return self.nights[0] if self.nights else None


def read_findings(services: "HasFindings", shop: str, period: Period) -> Found:
    """What the nights of a period found; if none of its days has one, the last night before it ended."""
    nights = services.findings.between(shop, period.first, period.last, MOST_NIGHTS)
    if not nights:
        newest = services.findings.newest(shop, period.last)
        nights = [newest] if newest is not None else []
    return Found(nights)


def items_of_topic(services: "ReadFindingsServices", shop: str, topic: str, until: Day) -> list[FeedbackItem]:
    """What people said on a topic of the last night up to a day, the newest first, without what was erased. NotFound
    for a topic that it does not have."""
    night = services.findings.newest(shop, until)
    found = next((each for each in night.topics if each.id == topic), None) if night is not None else None
    if found is None:
        raise NotFound(f"There is no topic {topic!r}.")
    loaded = services.feedback.load(shop, dict.fromkeys([*found.items, *found.typical]))
    return sorted((item for item in loaded.values() if item.text), key=lambda item: item.id, reverse=True)
