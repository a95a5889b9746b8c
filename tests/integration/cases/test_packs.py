"""Long cases are folded from packs of events, whatever comes late, twice, at the same time or after an interruption."""

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.adapters.cases.case_items import CaseItems
from chalicelib.adapters.cases.stored_items import read_events
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import events, facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.packs import EventPack, Packed
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.ports.cases import Change, StoredCase, VersionConflict
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.support.moto.tables import given_case, items, whole_table

SECRET = "the parcel for Wang Fang"


@pytest.fixture
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs of three events."""
    monkeypatch.setattr("chalicelib.domain.cases.packs.PACK_SIZE", 3)
    monkeypatch.setattr("chalicelib.usecases.cases.earlier_events.PACK_SIZE", 3)


def an_event(stored: StoredCase, minutes: float, fact: Fact) -> Event:
    """A fact so many minutes after the case was opened; the same fact at the same time is the same event."""
    assert stored.case is not None
    occurred_at = stored.case.opened_at + round(minutes * MINUTE_MS)
    identity = (type(fact).__name__, repr(fact), str(occurred_at))
    return events.event(occurred_at, Actor("agent", "mei"), fact, stored.key, *identity)


def add(services: AwsServices, key: str, *new_events: Event) -> StoredCase:
    """Append those of the events that are not stored."""

    def decide(_: StoredCase) -> list[Event]:
        stored = {event.order for event in services.cases.events_at(key, [event.order for event in new_events])}
        return list({event.order: event for event in new_events if event.order not in stored}.values())

    return append_events(services, shop_of(services, "demo"), key, decide)


def add_message(services: AwsServices, stored: StoredCase, minutes: float) -> StoredCase:
    return add(services, stored.key, an_event(stored, minutes, facts.MessageReceived(message=f"at {minutes}")))


def packs_of(services: AwsServices, key: str) -> list[EventPack]:
    packs = [item for item in items(services, keys.case(key)) if item["sk"].startswith("P#")]
    numbers = (int(item["sk"].removeprefix("P#").partition("-")[0]) for item in packs)
    return [
        EventPack(first, read_events(item, services.cases.personal)) for first, item in zip(numbers, packs, strict=True)
    ]


def faults(services: AwsServices, key: str) -> list[str]:
    return audit_case(services, services.cases.load(key))


def test_events_are_packed_once_and_a_late_event_goes_into_a_later_pack(
    services: AwsServices, small_packs: None
) -> None:
    stored = given_case(services)
    for minutes in (10, 20, 30):
        add_message(services, stored, minutes)
    assert services.cases.load(stored.key).packed == Packed(3, an_event(stored, 20, message(20)).order)
    first = packs_of(services, stored.key)
    for minutes in (15, 40, 5, 50):
        add_message(services, stored, minutes)
    assert packs_of(services, stored.key)[: len(first)] == first
    assert [pack.first for pack in packs_of(services, stored.key)] == [1, 4]
    assert [event.seq for pack in packs_of(services, stored.key) for event in pack.events] == [1, 2, 3, 4, 5, 6]
    assert faults(services, stored.key) == []


def message(minutes: float) -> Fact:
    return facts.MessageReceived(message=f"at {minutes}")


def test_packs_of_a_change_that_lost_the_race_are_not_counted_and_do_no_harm(
    services: AwsServices, small_packs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    for minutes in (10, 20):
        add_message(services, stored, minutes)
    commit = services.cases.commit

    def lose_once(change: Change) -> None:
        monkeypatch.setattr(services.cases, "commit", commit)
        other = add(services, stored.key, an_event(stored, 5, facts.NoteAdded(message="meanwhile, and earlier")))
        assert change.packs
        services.cases._write_ahead(change, CaseItems(change.after, "demo", services.cases.personal))
        assert other.version == change.before.version + 1
        raise VersionConflict

    monkeypatch.setattr(services.cases, "commit", lose_once)
    add_message(services, stored, 30)
    add_message(services, stored, 1)
    assert services.cases.load(stored.key).version == 6
    assert faults(services, stored.key) == []


def test_a_pack_that_is_written_late_takes_the_place_of_no_other(
    services: AwsServices, small_packs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    with monkeypatch.context() as earlier_version:
        earlier_version.setattr("chalicelib.usecases.cases.earlier_events.PACK_SIZE", 99)
        for minutes in (10, 20, 30, 40):
            add_message(services, stored, minutes)
    commit = services.cases.commit

    def be_slow(change: Change) -> None:
        monkeypatch.setattr(services.cases, "commit", commit)
        with monkeypatch.context() as earlier_version:
            earlier_version.setattr("chalicelib.usecases.cases.earlier_events.PACK_SIZE", 99)
            add_message(services, stored, 50)
        add_message(services, stored, 60)
        services.cases._write_ahead(change, CaseItems(change.after, "demo", services.cases.personal))
        raise VersionConflict

    monkeypatch.setattr(services.cases, "commit", be_slow)
    add_message(services, stored, 70)
    add_message(services, stored, 1)
    assert services.cases.load(stored.key).packed.count >= 6
    assert faults(services, stored.key) == []


def test_an_interruption_after_the_packs_are_written_loses_nothing(
    services: AwsServices, small_packs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services)
    for minutes in (10, 20):
        add_message(services, stored, minutes)

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services.table, "transact", interrupt)
        with pytest.raises(KeyboardInterrupt):
            add_message(services, stored, 30)
    assert packs_of(services, stored.key) != []
    assert services.cases.load(stored.key).packed == Packed()
    for minutes in (5, 30, 4):
        add_message(services, stored, minutes)
    assert faults(services, stored.key) == []


def test_an_earlier_version_that_knows_no_packs_may_write_in_between(services: AwsServices, small_packs: None) -> None:
    stored = given_case(services)
    for minutes in (10, 20, 30, 40):
        add_message(services, stored, minutes)
    after = add_message(services, stored, 5)
    assert after.packed.count == 3
    late_copies = [item for item in items(services, keys.case(stored.key)) if item["sk"].startswith("PL#")]
    services.table.write_many(deletes=[(item["pk"], item["sk"]) for item in late_copies])
    state = services.table.get(keys.case(stored.key), "C") or {}
    services.table.put({**state, "packed": None, "packed_to": None})
    for minutes in (3, 50, 2):
        add_message(services, stored, minutes)
    assert services.cases.load(stored.key).packed.count >= 6
    assert faults(services, stored.key) == []


def test_a_pack_that_lost_an_event_is_found_by_the_audit(services: AwsServices, small_packs: None) -> None:
    stored = given_case(services)
    for minutes in (10, 20, 30):
        add_message(services, stored, minutes)
    services.table.delete(keys.case(stored.key), keys.pack(1, 3))
    assert faults(services, stored.key) == ["its packs do not have its events"]


def test_packs_have_private_text_only_encrypted_and_lose_it_with_their_customer(
    services: AwsServices, small_packs: None
) -> None:
    stored = given_case(services)
    due_at = services.now() + HOUR_MS
    task = TaskOpened(task="t-1", department="finance", title=SECRET, due_at=due_at)
    add(services, stored.key, an_event(stored, 1, task))
    for minutes in (10, 20, 30, 5):
        add_message(services, stored, minutes)
    assert SECRET in repr(packs_of(services, stored.key))
    assert "at 10" not in repr(packs_of(services, stored.key))
    assert SECRET not in whole_table()
    assert stored.case is not None
    customer = services.customers.load([key_of_id(stored.case.customer)])[key_of_id(stored.case.customer)]
    erase_customer(services, customer, Actor("system"))
    services.vault.clear_cache()
    assert SECRET not in repr(packs_of(services, stored.key))
    add_message(services, stored, 3)
    assert faults(services, stored.key) == []


def test_events_that_wait_for_their_case_are_not_packed_until_it_is_opened(
    services: AwsServices, small_packs: None
) -> None:
    opened = given_case(services, "web-2")
    key = case_key("demo", "web-1")
    waiting = [an_event(opened, minutes, message(minutes)) for minutes in range(5)]
    for event in waiting:
        add(services, key, event)
    assert packs_of(services, key) == []
    services.cases.delete_orphaned_events(services.cases.load(key), services.cases.events(key))
    assert items(services, keys.case(key)) == []
    for event in waiting:
        add(services, key, event)
    stored = given_case(services, "web-1")
    add_message(services, stored, 7)
    assert services.cases.load(key).packed.count == 6
    assert faults(services, key) == []
