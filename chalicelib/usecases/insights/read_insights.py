"""Read what runs found, and the texts that it rests on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings, Topic
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.shops.shop import Shop

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFeedback, HasFindings

    class FindingServices(HasClock, HasFindings, Protocol):
        """The services that `newest_findings` uses."""


RECENT = 7
"""The alerts and warnings of so many days are shown. An alert is not raised again within that time."""
FIRST = "0"
"""A day before all others."""


class Texts(Struct, frozen=True):
    """Feedback with its texts, in the order asked for, and how many of those asked for have none any more."""

    items: list[FeedbackItem]
    gone: int


def newest_findings(services: "FindingServices", shop: Shop) -> Findings | None:
    """What was found last; None while nothing was computed for this shop."""
    return services.findings.newest(shop.id, day_of(services.now(), shop.time_zone))


def recent_findings(services: "FindingServices", shop: Shop) -> list[Findings]:
    """What was found lately, the newest first: alerts and warnings are those of several days."""
    return services.findings.between(shop.id, FIRST, day_of(services.now(), shop.time_zone), RECENT)


def topic_named(findings: Findings, topic: str) -> Topic:
    """The topic with this id; NotFound if there is none."""
    found_topic = next((each for each in findings.topics if each.id == topic), None)
    if found_topic is None:
        raise NotFound("There is no such page.")
    return found_topic


def read_texts(services: "HasFeedback", shop: str, ids: Iterable[str]) -> Texts:
    """The feedback items with these ids that have a text: those of erased people are blank, and left out."""
    wanted = list(dict.fromkeys(ids))
    loaded = services.feedback.load(shop, wanted) if wanted else {}
    items = [loaded[each] for each in wanted if each in loaded and loaded[each].text.strip()]
    return Texts(items, len(wanted) - len(items))
