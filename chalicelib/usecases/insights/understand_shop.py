"""Understand the feedback of a shop, as it is on the night of a day: what is found in it, and what its model learns."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from chalicelib.domain.insights.findings import Alert, Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.insights.outcomes.alerts import Vote, alerts_of
from chalicelib.domain.kernel.timestamps import Day, day_of, next_day
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.insights.learn_types import learn_types
from chalicelib.usecases.insights.read_inputs import read_inputs
from chalicelib.usecases.ports.insights import Analyst, CountedSources, RunStore

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFeedback, HasFindings, HasModels, HasShops

    class UnderstandServices(HasClock, HasFeedback, HasFindings, HasModels, HasShops, Protocol):
        """The services that `understand_shop` uses."""


REMEMBERED_NIGHTS = 7
"""An alert is not raised again within so many nights."""


def understand_shop(
    services: "UnderstandServices", analyst: Analyst, nights: RunStore, cases: CountedSources, shop: Shop, day: Day
) -> tuple[Findings, ModelCard | None]:
    """What is found, stored, and the card of a model that was trained. Computing a night twice finds the same."""
    inputs = read_inputs(services, cases, shop, day)
    card = learn_types(services, analyst, inputs)
    previous = services.findings.newest(shop.id, next_day(day, -1))
    found = analyst.findings(inputs, previous)
    alerts = _alerts(services, found, inputs)
    before = services.findings.load(shop.id, day)
    restated = 0 if before is None else before.restated
    finished = replace(found, alerts=alerts, inputs=digest_of(inputs), restated=restated)
    if before is not None and finished != before:
        finished = replace(finished, restated=restated + 1)
    services.findings.save(finished)
    for alert in alerts:
        nights.raise_alert(shop.id, day, alert.id)
    return finished, card


def digest_of(inputs: InsightInputs) -> str:
    """The digest of what people said, by which a night can be told from the same night with other inputs."""
    said = msgspec.json.encode([(each.item.id, each.item.text, each.item.csat, each.item.nps) for each in inputs.said])
    return sha256(said).hexdigest()


def _alerts(services: "UnderstandServices", found: Findings, inputs: InsightInputs) -> list[Alert]:
    """The alerts of a night, by those of the nights before and by what staff thought of them."""
    earlier = [alert for each in _nights_before(services, found) for alert in each.alerts]
    opinions = services.findings.opinions(found.shop)
    by_id = {alert.id: alert for alert in earlier}
    votes = {
        name: Vote(kind=alert.kind, value=alert.value, useful=said.useful, day=day_of(said.at, inputs.time_zone))
        for name, said in sorted(opinions.items())
        if (alert := by_id.get(name)) is not None
    }
    return alerts_of(found, inputs, earlier, votes)


def _nights_before(services: "UnderstandServices", found: Findings) -> Sequence[Findings]:
    days = (next_day(found.day, -back) for back in range(1, REMEMBERED_NIGHTS + 1))
    return [each for day in days if (each := services.findings.load(found.shop, day)) is not None]
