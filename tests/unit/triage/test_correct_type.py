"""Agents correct types: once, in any order, and what follows goes by the new type."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.fold import fold
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.sla.policies import Policy, Rule, When
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.domain.triage.parts import typing_of
from chalicelib.domain.triage.payloads import TypeCorrection
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.ports.shop_rules import rules_of
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.triage.correct_type import correct_type
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in, command, event_types, reply
from tests.support.cases.registries import REDUCERS
from tests.support.cases.webhooks import KEY, about, request
from tests.support.shops.routing import services_with_agents

PROMISED: tuple[tuple[Any, int], ...] = (("question", 9000), ("repair", 60))
TYPES: Any = ["question", "order_issue", "return", "refund", "review"]


def correct(services: FakeServices, kind: Any, reason: str | None = None, key: str = KEY) -> None:
    correct_type(services, command(services, key=key), TypeCorrection(type=kind, reason=reason))


def test_promises_made_stay_and_later_ones_go_by_the_new_type(services: FakeServices) -> None:
    rules = tuple(
        Rule(clock=clock, target_seconds=seconds, when=When(type=kind))
        for kind, seconds in PROMISED
        for clock in ("first_reply", "next_reply")
    )
    put_policy(services, SHOP.id, Policy(clocks=rules))
    services.hook("case.requested", request(type="question"))
    before = case_in(services)
    services.time += MINUTE_MS
    correct(services, "repair", "screen")
    assert case_in(services) == replace(
        before, type="repair", parts={"typing": {"by": "agent", "confidence": 1.0, "reason": "screen"}}
    )
    services.time += MINUTE_MS
    reply(services)
    services.time += MINUTE_MS
    services.hook("message.received", about(3, author="customer", message="and now?"))
    clock = case_in(services).clock("next_reply")
    assert clock is not None
    assert clock.target == 60


def test_the_same_correction_again_adds_no_event(services: FakeServices) -> None:
    services.hook("case.requested", request(type="question"))
    correct(services, "question")
    correct(services, "question")
    assert event_types(services).count("case_typed") == 1
    correct(services, "question", "stock")
    correct(services, "question")
    assert event_types(services).count("case_typed") == 2
    typing = typing_of(case_in(services))
    assert typing is not None
    assert typing.reason == "stock"


@pytest.mark.parametrize(("reason", "name", "note"), [("screen", "screen", ""), ("她说的是屏幕", None, "她说的是屏幕")])
def test_a_reason_in_words_is_a_private_note(services: FakeServices, reason: str, name: str | None, note: str) -> None:
    services.hook("case.requested", request(type="question"))
    correct(services, "repair", reason)
    fact = services.cases.events(KEY)[-1].fact
    assert isinstance(fact, CaseTyped)
    assert (fact.reason, fact.note, fact.by) == (name, note, "agent")


def test_a_case_in_the_queue_is_routed_anew_by_its_corrected_type() -> None:
    services = services_with_agents(("mei", {"skills": ("repair",)}))
    services.hook("case.requested", request(type="question"))
    assign_case(services, KEY, is_new=True)
    assert case_in(services).routing.queued is not None
    correct(services, "repair")
    assign_case(services, KEY)
    assert case_in(services).assignee == "mei"


def test_a_review_that_was_corrected_is_still_the_case_of_its_request(services: FakeServices) -> None:
    services.hook("case.requested", request(type="question"), "1")
    correct(services, "review")
    outcome = services.hook("case.requested", request(type="question"), "2")
    assert outcome is None or outcome.state != "failed"
    assert case_in(services).type == "review"


@settings(max_examples=40, deadline=None)
@given(kinds=st.lists(st.sampled_from(TYPES), min_size=1, max_size=5), seed=st.randoms(use_true_random=False))
def test_a_corrected_case_is_the_fold_of_its_events_in_any_order(kinds: list[Any], seed: Random) -> None:
    services = FakeServices()
    body = request(subject="help", message="还没收到退款")
    del body["type"]
    services.hook("case.requested", body)
    for kind in kinds:
        services.time += MINUTE_MS
        correct(services, kind)
    stored = case_in(services, case_key(SHOP.id, "web-1"))
    assert stored.type == kinds[-1]
    events = services.cases.events(KEY)
    shuffled = [*events, *events[:2]]
    seed.shuffle(shuffled)
    assert fold(shuffled, rules_of(services, SHOP.id, stored.policy, stored.calendar), REDUCERS) == stored
    assert audit_case(services, services.cases.load(KEY)) == []
