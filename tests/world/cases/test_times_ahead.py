"""Senders' clocks that are ahead: nothing happened after it was received. Rows: `data/times_ahead.yaml`."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.sla.policies import Policy, Rule
from chalicelib.usecases.cases.event_view import event_view
from chalicelib.usecases.customers.record_consent import record_consent
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.customers.customers import add_customer, consent, reload
from tests.support.world.case_stories import KEY, OPENING, Row, minute, play, standing
from tests.support.world.rows import rows

CNY = {"currency": "CNY"}


@pytest.mark.parametrize("row", rows("times_ahead"))
def test_the_case_stands_as_it_was_received(services: FakeServices, row: Row) -> None:
    assert standing(play(services, row["steps"]), row["want"]) == row["want"]


def test_what_was_claimed_is_kept_and_shown_beside(services: FakeServices) -> None:
    play(
        services, [{"minute": 0, "tell": "case.requested", "occurred": 480}, {"minute": 1, "tell": "message.received"}]
    )
    views = [event_view(one, "c") for one in services.cases.events(KEY)]
    assert (views[0]["at"], views[0]["claimed_at"]) == (minute(0), minute(480))
    assert views[1]["claimed_at"] is None


def test_a_replay_gives_the_same_events(services: FakeServices) -> None:
    play(services, [{"minute": 0, "tell": "case.requested"}])
    receipt = services.hook("case.resolved", {"case_external_id": "world-1", "occurred_at": minute(480)})
    before = services.cases.events(KEY)
    services.time += HOUR_MS
    process_receipt(services, receipt.id)
    services.time += DAY_MS
    process_receipt(services, receipt.id)
    assert services.cases.events(KEY) == before


def test_more_than_a_day_ahead_is_refused(services: FakeServices) -> None:
    with pytest.raises(Exception, match="more than a day in the future"):
        services.deliver("case.requested", {"external_id": "x", **OPENING, "occurred_at": minute(24 * 60 + 1)})


def update_order(services: FakeServices, **more: Any) -> Any:
    assert services.hook("order.updated", {"external_id": "O-1"} | more).state == "processed"
    return services.order_records.load("demo", "O-1")


def test_an_orders_total_is_what_was_received_last_not_what_claims_to_be_later(services: FakeServices) -> None:
    update_order(services, total={"amount": "90.00", **CNY}, occurred_at=minute(480))
    services.time += MINUTE_MS
    order_record = update_order(services, total={"amount": "50.00", **CNY}, occurred_at=minute(1))
    assert order_record.order.total.amount == "50.00"


def test_a_parcel_that_is_to_come_tomorrow_is_not_delivered_today(services: FakeServices) -> None:
    order_record = update_order(services, delivered_at=minute(24 * 60), purchased_at=minute(300))
    assert order_record.order.as_of(services.time).delivered_at is None
    assert order_record.order.as_of(services.time + DAY_MS).delivered_at == NOON + DAY_MS
    assert order_record.purchased_at == NOON  # nobody bought after we received it


def test_a_return_claimed_before_its_parcel_comes_is_judged_as_of_an_order_under_way(services: FakeServices) -> None:
    update_order(services, delivered_at=minute(600), items=[{"sku": "LAMP"}])
    asked = {"tell": "case.requested", "data": {"type": "return", "order": {"external_id": "O-1"}}}
    case = play(services, [{"minute": 0, **asked}])
    assert case.flow is not None
    assert case.flow.bought is None
    assert "not_delivered" in {one.name for one in case.flow.rulings}


def test_an_update_of_a_person_that_lies_ahead_does_not_stand_for_ever(services: FakeServices) -> None:
    ann = {"external_id": "ann", "email": "old@example.org"}
    play(services, [{"minute": 0, "tell": "case.requested", "occurred": 600, "data": {"customer": ann}}])
    services.time += MINUTE_MS
    new = OPENING | {"external_id": "2", "customer": ann | {"email": "new@example.org"}}
    services.hook("case.requested", new)
    assert [one.email for one in services.customers.stored.values()] == ["new@example.org"]


def test_a_consent_from_ahead_gives_way_to_the_next_word(services: FakeServices) -> None:
    customer = add_customer(services, "fang")
    record_consent(services, customer, consent("given", 0.5), MEI)
    services.time += MINUTE_MS
    kept = record_consent(services, reload(services, customer), consent("withdrawn", MINUTE_MS / DAY_MS), MEI)
    assert kept.consents["surveys"].state == "withdrawn"
    ledger = {one.type: one.data for one in services.identities.history[key_of_id(customer.id)]}
    assert ledger["consent_given"]["claimed_at"] == minute(12 * 60)
    assert "claimed_at" not in ledger["consent_withdrawn"]


KINDS = st.sampled_from(["message.received", "case.replied", "case.resolved", "case.closed", "survey.answered"])
STORY = st.lists(st.tuples(KINDS, st.integers(1, 300), st.integers(-1400, 1400)), max_size=9)
QUICK = Policy(clocks=(Rule(clock="next_reply", target_seconds=1800), Rule(clock="first_reply", target_seconds=3600)))


def _folded(story: list[tuple[str, int, int]], cut: bool) -> Case:
    services = FakeServices()
    put_policy(services, "demo", QUICK)
    received_minute, steps = 0.0, [{"minute": 0, "tell": "case.requested"}]
    for place, (kind, later, claimed) in enumerate(story):
        received_minute += later + place / 60_000  # no two at one moment
        ahead = min(claimed, 0) if cut else claimed
        data = {"csat": 3, "comment": str(place)} if kind == "survey.answered" else {"message": str(place)}
        steps.append(
            {"minute": received_minute, "tell": kind, "occurred": max(received_minute + ahead, 0), "data": data}
        )
    return play(services, steps)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORY)
def test_whatever_times_are_claimed_the_case_is_that_of_claims_cut_at_their_receipt(
    story: list[tuple[str, int, int]],
) -> None:
    assert _folded(story, cut=False) == _folded(story, cut=True)
