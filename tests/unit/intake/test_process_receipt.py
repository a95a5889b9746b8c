"""Processing a receipt: from a webhook to a case."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.intake.webhooks import reason_of
from chalicelib.domain.kernel.errors import AftercareError, NotFound, invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from chalicelib.domain.triage.payloads import TypeCorrection
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.read_receipt import with_outcome
from chalicelib.usecases.triage.correct_type import correct_type
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import command
from tests.support.cases.webhooks import DAY_OF_A_CASE, KEY, about, request


def test_a_signed_webhook_becomes_a_case_with_its_person_apart(services: FakeServices) -> None:
    receipt = services.hook("case.requested", request())
    case = services.cases.load(KEY).case
    assert case is not None
    assert (receipt.state, receipt.case, receipt.attempts) == ("processed", case.id, 1)
    assert "王芳" not in json.dumps(str(case), ensure_ascii=False)
    assert services.customers.stored[case.customer[-16:]].name == "王芳"


def test_the_same_event_under_another_delivery_is_one_event(services: FakeServices) -> None:
    services.hook("case.requested", request())
    for _ in range(3):
        assert services.hook("case.replied", about(5, agent="mei", message="可以退")).state == "processed"
    case = services.cases.load(KEY).case
    assert case is not None
    assert case.replies == 1


def test_events_before_their_case_wait_for_it_and_their_receipts_say_so(services: FakeServices) -> None:
    waiting = services.hook("case.replied", about(5, agent="mei", message="可以退"))
    assert (waiting.state, waiting.case) == ("stored", None)
    assert "waits until" in (waiting.reason or "")
    opened = services.hook("case.requested", request())
    done = services.receipts.load(waiting.id)
    assert done is not None
    assert (done.state, done.case, done.reason) == ("processed", opened.case, None)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False), races=st.integers(0, 6), historical=st.booleans())
def test_any_order_of_webhooks_with_duplicates_and_races_ends_in_the_same_case(
    services: FakeServices, chance: random.Random, races: int, historical: bool
) -> None:
    story = [("case.requested", request(historical=historical)), *DAY_OF_A_CASE[1:]]
    in_order, shuffled = FakeServices(), FakeServices()
    for kind, data in story:
        in_order.hook(kind, data)
    arrivals = [*story, *chance.sample(story, 4)]
    chance.shuffle(arrivals)
    shuffled.cases.races = races
    for kind, data in arrivals:
        shuffled.hook(kind, data)
    assert shuffled.cases.load(KEY).case == in_order.cases.load(KEY).case
    assert [event.id for event in shuffled.cases.events(KEY)] == [event.id for event in in_order.cases.events(KEY)]
    states = [with_outcome(shuffled, receipt).state for receipt in shuffled.receipts.stored.values()]
    assert set(states) <= {"processed", "ignored"}
    assert states.count("processed") >= len(story)


def test_processing_a_receipt_again_changes_nothing(services: FakeServices) -> None:
    receipts = [services.hook(kind, data) for kind, data in DAY_OF_A_CASE]
    before = services.cases.load(KEY)
    for receipt in receipts:
        assert process_receipt(services, receipt.id).state == "processed"
    assert services.cases.load(KEY) == before


def test_a_message_long_after_closing_opens_a_linked_case_once(services: FakeServices) -> None:
    services.hook("case.requested", request())
    services.hook("case.closed", about(1))
    late = about(8 * 24 * 60, author="customer", message="又坏了")
    services.time = NOON + 9 * DAY_MS
    for _ in range(2):
        services.hook("message.received", late)
    first = services.cases.load(KEY).case
    others = [stored.case for stored in services.cases.stored.values() if stored.case and stored.case is not first]
    assert first is not None
    assert (first.status, len(others), others[0].links) == ("closed", 1, (first.id,))


@pytest.mark.parametrize(("score", "state"), [(1, "processed"), (2, "processed"), (3, "ignored"), (5, "ignored")])
def test_only_low_reviews_open_cases(services: FakeServices, score: int, state: str) -> None:
    review = {"external_id": "r-1", "score": score, "text": "…", "customer": {"external_id": "fang"}}
    receipt = services.hook("review.created", review)
    assert receipt.state == state
    assert (receipt.case is None) == (state == "ignored")


def test_one_moment_in_two_notations_is_one_event(services: FakeServices) -> None:
    services.hook("case.requested", request())
    services.hook("case.replied", about(5, agent="mei", message="好"))
    there = format_instant(NOON + 5 * MINUTE_MS - 8 * HOUR_MS).replace("Z", "-08:00")
    services.hook("case.replied", {"case_external_id": "web-1", "agent": "mei", "message": "好", "occurred_at": there})
    case = services.cases.load(KEY).case
    assert case is not None
    assert case.replies == 1


def test_a_low_answer_that_came_before_its_case_is_followed_up_when_it_comes(services: FakeServices) -> None:
    services.hook("survey.answered", about(50, csat=1))
    services.hook("case.requested", request())
    others = [stored.case for stored in services.cases.stored.values() if stored.case and stored.key != KEY]
    assert [case.type for case in others] == ["complaint"]


def test_an_early_event_does_not_silence_the_clocks_of_its_case(services: FakeServices) -> None:
    services.hook("message.received", about(0, author="customer", message="?"))
    services.hook("case.requested", request())
    kinds = [timer.kind for key, timer in services.cases.timers if key == KEY]
    assert kinds == ["orphan", "clock"]


def test_a_review_that_bears_another_cases_id_fails_visibly(services: FakeServices) -> None:
    services.hook("case.requested", request())
    receipt = services.hook("review.created", {"external_id": "web-1", "score": 1, "customer": {"external_id": "fang"}})
    assert receipt.state == "failed"
    assert "another case" in (receipt.reason or "")


def test_so_does_one_that_bears_the_id_of_a_case_that_came_without_a_type(services: FakeServices) -> None:
    services.hook("case.requested", {name: value for name, value in request().items() if name != "type"})
    receipt = services.hook("review.created", {"external_id": "web-1", "score": 1, "customer": {"external_id": "fang"}})
    assert (receipt.state, "another case" in (receipt.reason or "")) == ("failed", True)


def test_a_review_that_comes_again_after_its_type_was_corrected_is_its_case(services: FakeServices) -> None:
    review = {"external_id": "web-1", "score": 1, "text": "…", "customer": {"external_id": "fang"}}
    services.hook("review.created", review)
    correct_type(services, command(services), TypeCorrection(type="complaint"))
    assert services.hook("review.created", review | {"text": "once more"}).state == "processed"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (invalid("data.type", "Invalid enum value 'zhang.wei@example.com'"), "data.type: Invalid enum value …"),
        (invalid("data.type", "Invalid enum value 'Zhang Wei'"), "data.type: Invalid enum value …"),
        (invalid("", "Object contains unknown field `wang@example.net`"), "body: Object contains unknown field `…`"),
        (NotFound("nobody has +86 138 0013 8000"), "nobody has …"),
        (NotFound("There is no case 'web-1'."), "There is no case 'web-1'."),
    ],
)
def test_a_reason_that_is_stored_in_clear_quotes_nothing_personal(error: AftercareError, reason: str) -> None:
    assert reason_of(error) == reason
