"""Understand the feedback of a shop up to a day: what is found in it, and what its model learns."""

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
from chalicelib.usecases.insights.settle_warnings import settle_warnings
from chalicelib.usecases.ports.insights import Analyst, CountedSources, RunStore

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasClock, HasFeedback, HasFindings, HasModels, HasShops

    class UnderstandServices(HasAgents, HasClock, HasFeedback, HasFindings, HasModels, HasShops, Protocol):
        """The services that `understand_shop` uses."""


REMEMBERED_DAYS = 7
"""An alert is not raised again within so many days."""
RECENT_DAYS = 2
"""Nobody is alerted of a day that is computed again later than this."""


def understand_shop(
    services: "UnderstandServices", analyst: Analyst, runs: RunStore, cases: CountedSources, shop: Shop, day: Day
) -> tuple[Findings, ModelCard | None]:
    """What is found, stored, and the card of a model that was trained. Computing a day twice finds the same."""
    inputs = read_inputs(services, cases, shop, day)
    card = learn_types(services, analyst, inputs)
    findings, with_topics = analyst.findings(inputs, services.findings.newest(shop.id, next_day(day, -1)))
    earlier = settle_warnings(services, with_topics)
    finished = replace(findings, alerts=_alerts(services, findings, with_topics, earlier), inputs=digest_of(inputs))
    services.findings.save(_restated(finished, services.findings.load(shop.id, day)))
    if day >= next_day(day_of(services.now(), shop.time_zone), -RECENT_DAYS):
        for alert in finished.alerts:
            runs.raise_alert(shop.id, day, alert.id)
    return finished, card


def _restated(findings: Findings, before: Findings | None) -> Findings:
    """The findings with how often they changed since the day was first computed, and what became of its warnings."""
    if before is None:
        return findings
    ended = {(each.order, each.stage): each.went_wrong for each in before.warnings}
    warnings = [replace(each, went_wrong=ended.get((each.order, each.stage))) for each in findings.warnings]
    same = replace(findings, restated=before.restated, warnings=warnings)
    return same if same == before else replace(same, restated=before.restated + 1)


def digest_of(inputs: InsightInputs) -> str:
    """The digest of what people said: a day that is computed again from the same has the same."""
    said = msgspec.json.encode([(each.item.id, each.item.text, each.item.csat, each.item.nps) for each in inputs.said])
    return sha256(said).hexdigest()


def _alerts(
    services: "UnderstandServices", findings: Findings, inputs: InsightInputs, earlier: Sequence[Findings]
) -> list[Alert]:
    """The alerts of a day, by those of the days before and by what staff thought of them."""
    week = next_day(findings.day, -REMEMBERED_DAYS)
    raised = {alert.id: alert for each in earlier for alert in each.alerts}
    votes = {
        name: Vote(kind=alert.kind, value=alert.value, useful=said.useful, day=day_of(said.at, inputs.time_zone))
        for name, said in sorted(services.findings.opinions(findings.shop).items())
        if (alert := raised.get(name)) is not None
    }
    recent = [alert for each in earlier if each.day >= week for alert in each.alerts]
    return alerts_of(findings, inputs, recent, votes)
