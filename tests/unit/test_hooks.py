"""Webhooks through to cases, on a desk in memory."""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.kernel.errors import Invalid, InvalidSignature, NotFound, TooLarge
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.intake.expire_orphans import expire_orphans
from chalicelib.usecases.intake.prefetch import prefetch
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.signatures import signature

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1kZW1vLXNob3A="
KEY = case_key("demo", "web-1")


def at(minutes: float) -> str:
    return format_instant(NOON + round(minutes * MINUTE_MS))


def request(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "external_id": "web-1",
        "type": "return",
        "channel": "web",
        "subject": "鞋子偏小",
        "message": "想退货 😀",
        "customer": {"external_id": "fang", "name": "王芳", "email": "fang@example.net", "language": "zh-CN"},
        "occurred_at": at(0),
    }
    return told | changes


def about(minutes: float, **more: Any) -> dict[str, Any]:
    return {"case_external_id": "web-1", "occurred_at": at(minutes), **more}


DAY_OF_A_CASE: list[tuple[str, dict[str, Any]]] = [
    ("case.requested", request()),
    ("case.replied", about(5, agent="mei", message="可以退")),
    ("message.received", about(9, author="customer", message="谢谢")),
    ("case.resolved", about(20, agent="mei")),
    ("message.received", about(30, author="customer", message="还有问题")),
    ("case.resolved", about(40, agent="mei", message="好了")),
    ("survey.answered", about(50, csat=5, nps=9)),
    ("case.closed", about(60)),
]


def test_a_signed_webhook_becomes_a_case_with_its_person_apart(services: FakeServices) -> None:
    receipt = services.hook("case.requested", request())
    case = services.cases.load(KEY).case
    assert case is not None
    assert (receipt.state, receipt.case, receipt.attempts) == ("processed", case.id, 1)
    assert "王芳" not in json.dumps(str(case), ensure_ascii=False)
    assert services.customers.kept[case.customer[-16:]].name == "王芳"


def test_the_same_delivery_is_one_receipt(services: FakeServices) -> None:
    first = services.deliver("case.requested", request(), "d-1")
    services.time += MINUTE_MS
    assert services.deliver("case.requested", request(), "d-1").id == first.id


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


def test_events_whose_case_never_comes_fail_after_seven_days(services: FakeServices) -> None:
    waiting = services.hook("case.replied", about(5, agent="mei"))
    key, timer = services.cases.timers[-1]
    assert (timer.kind, timer.at) == ("orphan", NOON + 7 * DAY_MS)
    assert expire_orphans(services, key) == 1
    failed = services.receipts.load(waiting.id)
    assert failed is not None
    assert (failed.state, failed.reason) == ("failed", "its case did not come within 7 days")
    assert expire_orphans(services, key) == 0


def test_expiring_spares_a_case_that_came(services: FakeServices) -> None:
    services.hook("case.replied", about(5, agent="mei"))
    services.hook("case.requested", request())
    assert expire_orphans(services, KEY) == 0
    assert services.cases.load(KEY).case is not None


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
    assert {receipt.state for receipt in shuffled.receipts.kept.values()} <= {"processed", "ignored"}
    assert sum(receipt.state == "processed" for receipt in shuffled.receipts.kept.values()) >= len(story)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False), races=st.integers(0, 3), size=st.integers(1, 12))
def test_a_batch_that_reads_ahead_ends_in_the_same_case_as_one_receipt_after_the_other(
    services: FakeServices, chance: random.Random, races: int, size: int
) -> None:
    in_order, batched = FakeServices(), FakeServices()
    for kind, data in DAY_OF_A_CASE:
        in_order.hook(kind, data)
    batched.cases.races = races
    arrivals = [*DAY_OF_A_CASE, *chance.sample(DAY_OF_A_CASE, 4)]
    chance.shuffle(arrivals)
    while arrivals:
        taken = [batched.deliver(kind, data) for kind, data in arrivals[:size]]
        del arrivals[:size]
        ahead = prefetch(batched, [key_of_id(receipt.id) for receipt in taken])
        for receipt in taken:
            process_receipt(batched, receipt.id, ahead.get(key_of_id(receipt.id)))
    assert batched.cases.load(KEY).case == in_order.cases.load(KEY).case
    assert [event.id for event in batched.cases.events(KEY)] == [event.id for event in in_order.cases.events(KEY)]
    assert {receipt.state for receipt in batched.receipts.kept.values()} <= {"processed", "ignored"}


def test_reading_ahead_gives_a_case_to_the_first_of_its_receipts_alone(services: FakeServices) -> None:
    keys = [key_of_id(services.deliver(kind, data).id) for kind, data in DAY_OF_A_CASE[:3]]
    ahead = prefetch(services, keys)
    assert [ahead[key].seen is not None for key in keys] == [True, False, False]


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
    others = [stored.case for stored in services.cases.headers.values() if stored.case and stored.case is not first]
    assert first is not None
    assert (first.status, len(others), others[0].links) == ("closed", 1, (first.id,))


@pytest.mark.parametrize(("score", "state"), [(1, "processed"), (2, "processed"), (3, "ignored"), (5, "ignored")])
def test_only_low_reviews_open_cases(services: FakeServices, score: int, state: str) -> None:
    review = {"external_id": "r-1", "score": score, "text": "…", "customer": {"external_id": "fang"}}
    receipt = services.hook("review.created", review)
    assert receipt.state == state
    assert (receipt.case is None) == (state == "ignored")


def test_what_is_not_understood_is_refused_with_a_receipt_that_says_why(services: FakeServices) -> None:
    with pytest.raises(Invalid) as refused:
        services.deliver("case.requested", request(colour="blue"), "d-1")
    receipt = services.receipts.load(str(refused.value.receipt))
    assert receipt is not None
    assert receipt.state == "failed"
    assert "colour" in (receipt.reason or "")


@pytest.mark.parametrize(
    "data",
    [
        request(message="x" * 65_537),
        request(message="好" * 22_000),
        request(external_id=""),
        request(external_id="a\u0000b"),
        request(subject="a\u0000"),
        request(type="gift"),
        request(occurred_at="yesterday"),
        request(occurred_at="2026-11-20T12:00:00"),
        request(occurred_at="2099-01-01T00:00:00Z"),
        request(customer={"external_id": "c", "email": "not an address"}),
        request(order={"external_id": "o", "items": [{"sku": "s", "quantity": 10**30}]}),
        request(order={"external_id": "o", "total": {"amount": "1e9", "currency": "CNY"}}),
    ],
)
def test_bad_data_is_refused(services: FakeServices, data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        services.deliver("case.requested", data)
    assert services.cases.headers == {}


def test_text_is_kept_as_given(services: FakeServices) -> None:
    message = "<script>alert(1)</script> \u202e 𝒳 é e\u0301 " + "好" * 20_000
    services.hook("case.requested", request(message=message))
    assert services.cases.opening([KEY])[KEY].message == message


def _send(services: FakeServices, body: bytes, **changes: str) -> None:
    headers = signature(SECRET, "d-1", NOON // 1000, body) | changes
    receive_webhook(services, SHOP.id, "standard", headers, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": ""},
        {"webhook-id": "d-2"},
        {"webhook-timestamp": str(NOON // 1000 - 301)},
        {"webhook-timestamp": "soon"},
    ],
)
def test_a_wrong_or_old_signature_is_not_authentic_and_leaves_no_trace(
    services: FakeServices, changes: dict[str, str]
) -> None:
    with pytest.raises(InvalidSignature):
        _send(services, b"{}", **changes)
    assert services.receipts.kept == {}


def test_one_good_signature_among_several_is_enough(services: FakeServices) -> None:
    body = json.dumps({"type": "case.requested", "timestamp": at(0), "data": request()}).encode()
    good = signature(SECRET, "d-1", NOON // 1000, body)["webhook-signature"]
    _send(services, body, **{"webhook-signature": f"v1a,xyz v1,AAAA {good}"})
    assert len(services.receipts.kept) == 1


def test_a_body_that_is_no_text_at_all_is_refused_not_crashed_on(services: FakeServices) -> None:
    with pytest.raises((InvalidSignature, Invalid)):
        _send(services, b"\xff\xfe\x00")


def test_unknown_shops_sources_and_large_bodies_are_refused_before_anything_else(services: FakeServices) -> None:
    with pytest.raises(NotFound):
        receive_webhook(services, "nobody", "standard", {}, b"{}")
    with pytest.raises(NotFound):
        receive_webhook(services, SHOP.id, "telegram", {}, b"{}")
    with pytest.raises(TooLarge):
        receive_webhook(services, SHOP.id, "standard", {}, b" " * (256 * 1024 + 1))


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
    others = [stored.case for stored in services.cases.headers.values() if stored.case and stored.key != KEY]
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
