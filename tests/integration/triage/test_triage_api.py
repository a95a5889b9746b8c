"""Typing over HTTP, with the workers behind it: cases without a type, corrections, and texts of staff."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.journeys import SHOP, agent, case_of, set_up
from tests.support.moto.stack import Answer, MotoStack, running

START = parse_instant("2026-11-24T02:00:00Z") / 1000


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    with running(START) as stack:
        set_up(stack)
        yield stack


def requested(name: str, message: str, **more: Any) -> dict[str, Any]:
    customer = {"external_id": f"C-{name}", "name": "Sun Yue", "language": "en"}
    return {"external_id": name, "channel": "web", "subject": "help", "message": message, "customer": customer} | more


def hook(stack: MotoStack, name: str, message: str, delivery: str = "1", **more: Any) -> dict[str, Any]:
    """The case after a `case.requested`."""
    secret = stack.secret(SHOP, "standard")
    answer = stack.hook(SHOP, "case.requested", requested(name, message, **more), secret, f"{name}-{delivery}")
    assert answer.status == 202
    return case(stack, name)


def case(stack: MotoStack, name: str) -> dict[str, Any]:
    answer = stack.request("GET", f"/v1/cases/{case_of(stack, name)}", token=agent(stack))
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = answer.body
    return shown


def correct(stack: MotoStack, name: str, body: Any, **headers: str) -> Answer:
    return stack.request("POST", f"/v1/cases/{case_of(stack, name)}/type", body, agent(stack), headers)


def events(stack: MotoStack, name: str) -> list[dict[str, Any]]:
    answer = stack.request("GET", f"/v1/cases/{case_of(stack, name)}/events", token=agent(stack))
    items: list[dict[str, Any]] = answer.body["items"]
    return items


def test_a_case_that_comes_without_a_type_is_typed_by_its_words(stack: MotoStack) -> None:
    shown = hook(stack, "web-1", "the charger is smoking, can it be repaired")
    assert (shown["type"], shown["priority"], shown["flow"]["kind"]) == ("repair", "urgent", "repair")
    assert shown["typing"] == {
        "type": "repair",
        "reason": "defective",
        "confidence": 0.912,
        "by": "model",
        "model": "start",
        "product": None,
        "aspects": ["function"],
        "sentiment": {"label": "negative", "score": -0.3},
        "urgent": {"value": True, "why": ["safety"]},
    }
    typed = next(event for event in events(stack, "web-1") if event["type"] == "case_typed")
    assert typed["by"] == {"kind": "system"}
    assert typed["data"]["words"][0] == "repair"
    assert "smoking" in typed["data"]["words"]


def test_staff_open_a_case_without_a_type_in_the_same_way(stack: MotoStack) -> None:
    body = requested("web-1", "快递一直没收到", shop=SHOP)
    answer = stack.request("POST", "/v1/cases", body, agent(stack), {"Idempotency-Key": "1"})
    assert (answer.status, answer.body["type"], answer.body["typing"]["by"]) == (201, "order_issue", "model")
    again = stack.request("POST", "/v1/cases", body, agent(stack), {"Idempotency-Key": "1"})
    assert (again.status, again.body["id"], again.body["typing"]) == (201, answer.body["id"], answer.body["typing"])


def test_where_typing_abstains_the_case_is_a_question(stack: MotoStack) -> None:
    shown = hook(stack, "web-1", "😀")
    assert (shown["type"], shown["typing"]["by"], shown["flow"]) == ("question", "none", None)


def test_a_case_that_comes_with_a_type_is_not_typed(stack: MotoStack) -> None:
    shown = hook(stack, "web-1", "the charger is smoking", type="question")
    assert (shown["type"], shown["typing"], shown["priority"]) == ("question", None, "normal")
    assert [event["type"] for event in events(stack, "web-1")].count("case_typed") == 0


def test_a_correction_counts_once_and_leaves_promises_and_flow(stack: MotoStack) -> None:
    before = hook(stack, "web-1", "my parcel never arrived")
    answer = correct(stack, "web-1", {"type": "refund", "reason": "lost"}, **{"Idempotency-Key": "1"})
    after = answer.body
    assert (answer.status, after["type"], after["typing"]["by"], after["typing"]["reason"]) == (
        200,
        "refund",
        "agent",
        "lost",
    )
    assert after["typing"]["sentiment"] == before["typing"]["sentiment"]
    assert (after["clocks"], after["flow"], after["priority"]) == (before["clocks"], before["flow"], before["priority"])
    again = correct(stack, "web-1", {"type": "refund", "reason": "lost"}, **{"Idempotency-Key": "1"})
    assert again.body["version"] == after["version"]
    same = correct(stack, "web-1", {"type": "refund", "reason": "lost"})
    assert (same.status, same.body["version"]) == (200, after["version"])
    typed = [event for event in events(stack, "web-1") if event["type"] == "case_typed"]
    assert [event["by"]["kind"] for event in typed] == ["system", "agent"]


def test_a_correction_in_words_is_a_note_and_not_part_of_the_case(stack: MotoStack) -> None:
    hook(stack, "web-1", "hello there", type="question")
    answer = correct(stack, "web-1", {"type": "review", "reason": "Ms Sun only praises it"})
    assert (answer.body["type"], answer.body["typing"]["reason"], answer.body["typing"]["sentiment"]) == (
        "review",
        None,
        None,
    )
    assert events(stack, "web-1")[-1]["data"]["note"] == "Ms Sun only praises it"
    same = hook(stack, "web-1", "hello there", delivery="2", type="question")
    assert same["version"] == answer.body["version"]
    assert receipts(stack) == []


def receipts(stack: MotoStack) -> list[Any]:
    answer = stack.request("GET", f"/v1/receipts?shop={SHOP}&state=failed", token=stack.token("supervisor", SHOP))
    assert answer.status == 200, answer.body
    items: list[Any] = answer.body["items"]
    return items


@pytest.mark.parametrize("body", [{}, {"type": "other"}, {"type": "refund", "reason": ""}, {"type": "refund", "x": 1}])
def test_a_correction_that_says_no_type_is_refused(stack: MotoStack, body: Any) -> None:
    hook(stack, "web-1", "my parcel never arrived")
    assert correct(stack, "web-1", body).status == 422


def test_a_correction_of_an_older_version_is_refused(stack: MotoStack) -> None:
    hook(stack, "web-1", "my parcel never arrived")
    assert correct(stack, "web-1", {"type": "refund"}, **{"If-Match": '"99"'}).status == 412


def test_staff_have_a_text_typed_and_nothing_is_stored(stack: MotoStack) -> None:
    answer = stack.request("POST", f"/v1/shops/{SHOP}/triage", {"text": "快递一直没收到"}, agent(stack))
    assert (answer.status, answer.body["type"], answer.body["sentiment"]["label"]) == (200, "order_issue", "negative")
    assert answer.body["words"][:2] == ["快递", "没收到"]
    for text in ("", "😀" * 500, "字" * 80_000, "a" * 100_000):
        assert stack.request("POST", f"/v1/shops/{SHOP}/triage", {"text": text}, agent(stack)).status == 200
    assert stack.request("GET", f"/v1/cases?shop={SHOP}", token=agent(stack)).body["items"] == []


def test_another_shops_triage_is_not_found(stack: MotoStack) -> None:
    hook(stack, "web-1", "my parcel never arrived")
    stranger = stack.token("agent", "other", "lee")
    path = f"/v1/cases/{case_of(stack, 'web-1')}/type"
    assert stack.request("POST", path, {"type": "refund"}, stranger).status == 404
    assert stack.request("POST", f"/v1/shops/{SHOP}/triage", {"text": "hi"}, stranger).status == 404


def test_a_case_in_the_queue_goes_to_an_agent_of_its_corrected_type(stack: MotoStack) -> None:
    admin = stack.token("admin")
    agents = f"/v1/shops/{SHOP}/agents/mei"
    assert stack.request("PUT", agents, {"name": "Mei", "skills": ["repair"]}, admin).status == 200
    assert stack.request("PUT", f"{agents}/presence", {"state": "here"}, agent(stack)).status == 200
    assert hook(stack, "web-1", "my parcel never arrived")["assignee"] is None
    assert hook(stack, "web-2", "hm")["assignee"] == "mei"
    correct(stack, "web-1", {"type": "repair"})
    assert case(stack, "web-1")["assignee"] == "mei"


def test_the_desk_says_how_a_case_was_typed_and_who_corrected_it(stack: MotoStack) -> None:
    hook(stack, "web-1", "the charger is smoking, can it be repaired")
    correct(stack, "web-1", {"type": "refund", "reason": "lost"})
    entries = stack.request("GET", f"/v1/cases/{case_of(stack, 'web-1')}/timeline", token=agent(stack)).body["items"]
    assert [entry["data"]["kind"] for entry in entries if entry["type"] == "case_typed"] == ["repair", "refund"]
