"""A case that is folded from packs is the fold of its events, in whatever order, how often and at whatever moment they
arrive. On the table in memory, with packs of three events."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.growth.memory_table import MemoryTable, open_encryption
from chalicelib.adapters.cases.case_items import CaseItems
from chalicelib.adapters.cases.case_table import CaseTable
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.packs import compact
from chalicelib.domain.kernel.fact import Fact
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.ports.cases import Change
from chalicelib.usecases.ports.shop_rules import rules_of
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import KEY, any_long_story, happened, opened
from tests.support.cases.registries import REDUCERS, REGISTRIES


class Arrivals:
    """Appends events to a case, each in a change of its own. Some arrive while another is about to be written, so that
    the other is decided again; and some attempts end after the packs are written."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.waiting: list[Event] = []
        services: Any = FakeServices(time=NOON, registries=REGISTRIES)
        self.services = services
        self.cases = CaseTable(MemoryTable(), open_encryption(REGISTRIES), self.services.now)
        self.services.cases = self.cases
        self.commit = self.cases.commit
        self.cases.commit = self._commit_with_disturbance  # type: ignore[method-assign]

    def _commit_with_disturbance(self, change: Change) -> None:
        if self.waiting and self.chance.random() < 0.3:
            self.add(self.waiting.pop())
        if self.chance.random() < 0.1:
            self.cases._write_ahead(change, CaseItems(change.after, SHOP.id, self.cases.personal))
        self.commit(change)

    def add(self, event: Event) -> None:
        """Append an event unless it is stored."""

        def decide(_: object) -> list[Event]:
            return [] if self.cases.events_at(KEY, [event.order]) else [event]

        append_events(self.services, SHOP, KEY, decide)

    def run(self, arrived: list[Event]) -> None:
        """Append all of them, the last first."""
        self.waiting = arrived
        while self.waiting:
            self.add(self.waiting.pop())


@pytest.fixture(autouse=True)
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.domain.cases.packs.PACK_SIZE", 3)
    monkeypatch.setattr("chalicelib.usecases.cases.earlier_events.PACK_SIZE", 3)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=any_long_story, chance=st.randoms(use_true_random=False), historical=st.booleans())
def test_in_whatever_order_events_arrive_the_packed_case_is_the_fold_of_its_events(
    story: list[tuple[int, Fact]], chance: random.Random, historical: bool
) -> None:
    events = [opened(historical=historical), *(happened(minutes, fact) for minutes, fact in story)]
    arrived = [*events, *chance.sample(events, len(events) // 3)]
    chance.shuffle(arrived)
    arrivals = Arrivals(chance)
    arrivals.run(arrived)
    stored, cases = arrivals.cases.load(KEY), arrivals.cases
    assert stored.case is not None
    rules = rules_of(arrivals.services, SHOP.id, stored.case.policy, stored.case.calendar)
    assert stored.case == fold(cases.events(KEY), rules, REDUCERS)
    assert [compact(event) for event in cases.events_to_fold(stored)] == [compact(event) for event in cases.events(KEY)]
    assert audit_case(arrivals.services, stored) == []
