"""A case that comes without a type: what its opening, its promises, its flow and its agents make of the typing."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.codecs import decode_case, encode_case
from chalicelib.domain.customers.segments import Segments
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.private_fields import split_private
from chalicelib.domain.routing.routing import routing_request
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy, Rule, When
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.domain.triage.parts import is_untyped, typing_of
from chalicelib.usecases.cases.audit_case import audit_case
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in, event_types
from tests.support.cases.events import case_of, opened
from tests.support.cases.webhooks import KEY, request
from tests.support.shops.routing import route, services_with_agents


def untyped(message: str, **changes: Any) -> dict[str, Any]:
    body = request(subject="hello", message=message, **changes)
    del body["type"]
    return body


def test_the_opening_has_the_type_so_promises_are_those_of_the_type(services: FakeServices) -> None:
    slow, fast = (Rule(clock="first_reply", target_seconds=seconds) for seconds in (9000, 60))
    rules = (replace(fast, when=When(type="repair", priority="urgent")), slow)
    put_policy(services, SHOP.id, Policy(clocks=rules))
    services.hook("case.requested", untyped("冒烟了，要维修"))
    case = case_in(services)
    assert (case.type, case.priority, case.flow.kind if case.flow else None) == ("repair", "urgent", "repair")
    clock = case.clock("first_reply")
    assert clock is not None
    assert clock.target == 60
    assert event_types(services)[:2] == ["case_opened", "case_typed"]
    assert audit_case(services, services.cases.load(KEY)) == []


def test_the_same_request_again_changes_nothing(services: FakeServices) -> None:
    body = untyped("想退货")
    services.hook("case.requested", body, "1")
    before = services.cases.load(KEY)
    services.hook("case.requested", body, "2")
    assert services.cases.load(KEY) == before


def test_urgency_never_lowers_a_priority(services: FakeServices) -> None:
    services.hook("case.requested", untyped("明天就要用", priority="urgent"))
    assert case_in(services).priority == "urgent"


@pytest.mark.parametrize(("typed", "approved"), [(True, 1), (False, 0)])
def test_what_only_words_speak_for_is_approved_by_no_rule(services: FakeServices, typed: bool, approved: int) -> None:
    services.hook("case.requested", request(external_id="before"))
    customer = key_of_id(case_in(services, case_key(SHOP.id, "before")).customer)
    services.customers.stored[customer] = replace(
        services.customers.stored[customer], segments=Segments(rfm="champions")
    )
    rule = AutoApproval(name="champions", kind="return", segment="champions")
    put_policy(services, SHOP.id, Policy(after_sales=AfterSales(auto_approve=(rule,))))
    order = {"external_id": "O-2", "items": [{"sku": "SHOE-42"}], "delivered_at": "2026-11-18T08:00:00Z"}
    more: dict[str, Any] = {"order": order, "claim": {"reason": "size_too_small"}}
    body = request(message="想退货", **more) if typed else untyped("想退货", **more)
    services.hook("case.requested", body)
    assert case_in(services).type == "return"
    assert event_types(services).count("flow_moved") == approved


def test_a_case_that_nobody_could_type_suits_an_agent_of_any_type() -> None:
    services = services_with_agents(("mei", {"skills": ("repair",)}))
    assert route(services, "typed", type="question").assignee is None
    services.hook("case.requested", untyped("嗯", external_id="untyped"))
    key = case_key(SHOP.id, "untyped")
    case = case_in(services, key)
    assert is_untyped(case)
    assert routing_request(key, case).type == ""
    assign_case(services, key, is_new=True)
    assert case_in(services, key).assignee == "mei"


def test_cases_of_earlier_versions_have_no_typing_and_are_stored_as_before() -> None:
    case = case_of(opened())
    assert typing_of(case) is None
    assert not is_untyped(case)
    assert b"typing" not in encode_case(case)
    assert decode_case(encode_case(case)) == case


def test_words_and_notes_are_private() -> None:
    fact = CaseTyped(kind="repair", by="agent", note="Ms Sun called", words=("冒烟",), urgent=("safety",))
    clear, secret = split_private(fact)
    assert (clear.note, clear.words, clear.urgent) == ("", (), ("safety",))
    assert secret == {"note": "Ms Sun called", "words": ("冒烟",)}


@pytest.mark.parametrize("message", ["", "😀" * 2000, "没收到" * 4000])
def test_empty_long_and_emoji_only_messages_open_a_case(services: FakeServices, message: str) -> None:
    services.hook("case.requested", untyped(message))
    assert case_in(services).type in ("question", "order_issue")
