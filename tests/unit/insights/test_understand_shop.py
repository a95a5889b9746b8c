"""What computing a day, and computing it again, stores and has sent."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.insights.findings import EarlyWarning, Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.labelled import Labelled
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, start_of
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.triage.shop_model import Judged, StoredModel
from chalicelib.usecases.insights.understand_shop import understand_shop
from tests.fakes import SHOP, FakeServices
from tests.support.insights.findings_of_outcomes import topic
from tests.support.insights.outcomes import TODAY
from tests.support.insights.pages import warning


class TopicAnalyst:
    """Finds one topic that grows and blames, and one warning, on every day."""

    def findings(self, inputs: InsightInputs, previous: Findings | None) -> tuple[Findings, InsightInputs]:
        found = Findings(
            shop=inputs.shop,
            day=inputs.day,
            first=inputs.first,
            items=0,
            customers=0,
            topics=[topic()],
            warnings=[warning("O-1", day=inputs.day)],
        )
        return found, inputs

    def judge_by_others(self, rows: Sequence[Labelled]) -> Judged:
        raise AssertionError

    def train(self, rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
        raise AssertionError


class RaisedAlerts:
    """Remembers the alerts that were to be sent."""

    def __init__(self) -> None:
        self.raised: list[str] = []

    def request(self, shop: str, run: str, day: Day, now: Instant) -> None:
        raise AssertionError

    def requested(self, shop: str, run: str) -> Day | None:
        raise AssertionError

    def finish(self, shop: str, run: str) -> None:
        raise AssertionError

    def raise_alert(self, shop: str, day: Day, alert: str) -> None:
        self.raised.append(alert)


class NothingCounted:
    """A shop without cases and orders."""

    def counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        return iter(())


def computed(services: FakeServices, day: Day) -> tuple[Findings, list[str]]:
    """The findings of a day, and the alerts that were raised."""
    runs = RaisedAlerts()
    found, _ = understand_shop(services, TopicAnalyst(), runs, NothingCounted(), SHOP, day)
    return found, runs.raised


def now_is(services: FakeServices, day: Day, days_later: int) -> None:
    services.time = start_of(day, SHOP.time_zone) + days_later * DAY_MS


def test_the_alerts_of_a_day_are_raised_unless_it_is_computed_long_after(services: FakeServices) -> None:
    now_is(services, TODAY, 2)
    found, raised = computed(services, TODAY)
    assert raised == [alert.id for alert in found.alerts] != []
    now_is(services, TODAY, 3)
    again, raised = computed(services, TODAY)
    assert again.alerts == found.alerts
    assert raised == []


def test_what_became_of_a_warning_stays_when_its_day_is_computed_again(services: FakeServices) -> None:
    now_is(services, TODAY, 1)
    found, _ = computed(services, TODAY)
    known: list[EarlyWarning] = [replace(each, went_wrong=True) for each in found.warnings]
    services.findings.save(replace(found, warnings=known))
    computed(services, TODAY)
    stored = services.findings.load(SHOP.id, TODAY)
    assert stored is not None
    assert [each.went_wrong for each in stored.warnings] == [True]
    assert stored.restated == 0, "what was found is the same"
