"""Read what runs found in the feedback of a shop."""

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


MOST_RUNS = 31
"""The newest so many days of a period are read, for what each night finds anew."""


class Period(Struct, frozen=True):
    """From one day to another, both included."""

    first: Day
    last: Day


class Runs(Struct, frozen=True):
    """What was found in a period, the newest first; `newest` is the last, None if no run was computed."""

    runs: Sequence[Findings]

    @property
    def newest(self) -> Findings | None:
        """The newest night."""
        return self.runs[0] if self.runs else None


def read_findings(services: "HasFindings", shop: str, period: Period) -> Runs:
    """What the runs of a period found; if none of its days has one, the last run before it ended."""
    runs = services.findings.between(shop, period.first, period.last, MOST_RUNS)
    if not runs:
        newest = services.findings.newest(shop, period.last)
        runs = [newest] if newest is not None else []
    return Runs(runs)


def items_of_topic(services: "ReadFindingsServices", shop: str, topic: str, until: Day) -> list[FeedbackItem]:
    """What people said on a topic of the last run up to a day, the newest first, without what was erased. NotFound
    for a topic that it does not have."""
    newest = services.findings.newest(shop, until)
    stored = next((each for each in newest.topics if each.id == topic), None) if newest is not None else None
    if stored is None:
        raise NotFound(f"There is no topic {topic!r}.")
    loaded = services.feedback.load(shop, dict.fromkeys([*stored.items, *stored.typical]))
    return sorted((item for item in loaded.values() if item.text), key=lambda item: item.id, reverse=True)
