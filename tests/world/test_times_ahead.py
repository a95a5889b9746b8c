"""Senders' clocks lie ahead: nothing happened after it was heard. Rows: `data/times_ahead.yaml`."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, HOUR, MINUTE
from chalicelib.domain.sla.policies import Policy, Rule
from chalicelib.entrypoints.http.cases.views import event_view
from chalicelib.usecases.customers.record_consent import keep_consent
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, FakeDesk
from tests.unit.test_consents import word
from tests.unit.test_people import MEI, fresh, met
from tests.world.case_stories import KEY, OPENING, Row, minute, play, standing
from tests.world.rows import rows

CNY = {"currency": "CNY"}


@pytest.mark.parametrize("row", rows("times_ahead"))
def test_the_case_stands_as_it_was_heard(desk: FakeDesk, row: Row) -> None:
    assert standing(play(desk, row["steps"]), row["want"]) == row["want"]


def test_what_was_claimed_is_kept_and_shown_beside(desk: FakeDesk) -> None:
    play(desk, [{"minute": 0, "tell": "case.requested", "occurred": 480}, {"minute": 1, "tell": "message.received"}])
    views = [event_view(one, "c") for one in desk.cases.events(KEY)]
    assert (views[0]["at"], views[0]["claimed_at"]) == (minute(0), minute(480))
    assert views[1]["claimed_at"] is None


def test_a_replay_gives_the_same_events(desk: FakeDesk) -> None:
    play(desk, [{"minute": 0, "tell": "case.requested"}])
    receipt = desk.hook("case.resolved", {"case_external_id": "world-1", "occurred_at": minute(480)})
    before = desk.cases.events(KEY)
    desk.time += HOUR
    process_receipt(desk, receipt.id)
    desk.time += DAY
    process_receipt(desk, receipt.id)
    assert desk.cases.events(KEY) == before


def test_more_than_a_day_ahead_is_refused(desk: FakeDesk) -> None:
    with pytest.raises(Exception, match="more than a day in the future"):
        desk.deliver("case.requested", {"external_id": "x", **OPENING, "occurred_at": minute(24 * 60 + 1)})


def told(desk: FakeDesk, **more: Any) -> Any:
    assert desk.hook("order.updated", {"external_id": "O-1"} | more).state == "processed"
    return desk.sales.load("demo", "O-1")


def test_an_orders_total_is_what_was_heard_last_not_what_claims_to_be_later(desk: FakeDesk) -> None:
    told(desk, total={"amount": "90.00", **CNY}, occurred_at=minute(480))
    desk.time += MINUTE
    sale = told(desk, total={"amount": "50.00", **CNY}, occurred_at=minute(1))
    assert sale.order.total.amount == "50.00"


def test_a_parcel_that_is_to_come_tomorrow_is_not_delivered_today(desk: FakeDesk) -> None:
    sale = told(desk, delivered_at=minute(24 * 60), purchased_at=minute(300))
    assert sale.order.as_of(desk.time).delivered_at is None
    assert sale.order.as_of(desk.time + DAY).delivered_at == NOON + DAY
    assert sale.purchased_at == NOON  # nobody bought after we heard of it


def test_a_return_claimed_before_its_parcel_comes_is_judged_as_of_an_order_under_way(desk: FakeDesk) -> None:
    told(desk, delivered_at=minute(600), items=[{"sku": "LAMP"}])
    asked = {"tell": "case.requested", "data": {"type": "return", "order": {"external_id": "O-1"}}}
    case = play(desk, [{"minute": 0, **asked}])
    assert case.flow is not None
    assert case.flow.bought is None
    assert "not_delivered" in {one.name for one in case.flow.rulings}


def test_what_is_told_of_a_person_from_ahead_does_not_stand_for_ever(desk: FakeDesk) -> None:
    ann = {"external_id": "ann", "email": "old@example.org"}
    play(desk, [{"minute": 0, "tell": "case.requested", "occurred": 600, "data": {"customer": ann}}])
    desk.time += MINUTE
    new = OPENING | {"external_id": "2", "customer": ann | {"email": "new@example.org"}}
    desk.hook("case.requested", new)
    assert [one.email for one in desk.customers.kept.values()] == ["new@example.org"]


def test_a_consent_from_ahead_gives_way_to_the_next_word(desk: FakeDesk) -> None:
    customer = met(desk, "fang")
    keep_consent(desk, customer, word("given", 0.5), MEI)
    desk.time += MINUTE
    kept = keep_consent(desk, fresh(desk, customer), word("withdrawn", MINUTE / DAY), MEI)
    assert kept.consents["surveys"].state == "withdrawn"
    ledger = {one.type: one.data for one in desk.people.told[key_in(customer.id)]}
    assert ledger["consent_given"]["claimed_at"] == minute(12 * 60)
    assert "claimed_at" not in ledger["consent_withdrawn"]


KINDS = st.sampled_from(["message.received", "case.replied", "case.resolved", "case.closed", "survey.answered"])
STORY = st.lists(st.tuples(KINDS, st.integers(1, 300), st.integers(-1400, 1400)), max_size=9)
QUICK = Policy(clocks=(Rule(clock="next_reply", target_seconds=1800), Rule(clock="first_reply", target_seconds=3600)))


def _folded(story: list[tuple[str, int, int]], cut: bool) -> Case:
    desk = FakeDesk()
    put_policy(desk, "demo", QUICK)
    heard, steps = 0.0, [{"minute": 0, "tell": "case.requested"}]
    for place, (kind, later, claimed) in enumerate(story):
        heard += later + place / 60_000  # no two at one moment
        ahead = min(claimed, 0) if cut else claimed
        data = {"csat": 3, "comment": str(place)} if kind == "survey.answered" else {"message": str(place)}
        steps.append({"minute": heard, "tell": kind, "occurred": max(heard + ahead, 0), "data": data})
    return play(desk, steps)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORY)
def test_whatever_times_are_claimed_the_case_is_that_of_claims_cut_at_their_receipt(
    story: list[tuple[str, int, int]],
) -> None:
    assert _folded(story, cut=False) == _folded(story, cut=True)
