"""Each change of a case that is no history is noted once."""

import pytest

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.live.follow_ups import FOLLOW_UPS
from chalicelib.usecases.ports.cases import Change, StoredCase
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.events import KEY, case_of, happened, opened

(ROW,) = FOLLOW_UPS


def wanted(*events: Event, case: bool = True) -> list[bool]:
    after = StoredCase(key=KEY, case=case_of(*events) if case else None)
    change = Change(before=StoredCase(key=KEY), after=after, events=list(events), shop=SHOP, now=NOON)
    return [ROW.wants(change, event) for event in events]


def test_a_change_is_noted_after_its_last_event() -> None:
    assert wanted(opened()) == [True]
    assert wanted(opened(), happened(1, facts.NoteAdded(message="?"))) == [False, True]


@pytest.mark.parametrize(
    "events", [(opened(historical=True),), (opened(historical=True), happened(1, facts.CaseResolved()))]
)
def test_history_is_not_noted(events: tuple[Event, ...]) -> None:
    assert not any(wanted(*events))


def test_events_that_wait_for_their_case_are_not_noted() -> None:
    assert wanted(happened(1, facts.NoteAdded(message="?")), case=False) == [False]


def test_a_stored_change_is_sent_to_the_queue_and_noted_from_there() -> None:
    services = FakeServices()
    append_events(services, SHOP, KEY, lambda _: [opened(kind="question", claim=None)])
    assert services.cases.relayed[-1] == ("live", KEY, "0")
