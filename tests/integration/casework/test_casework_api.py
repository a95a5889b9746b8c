"""Casework over HTTP, with the workers behind it: what happens to messages, lists and webhooks of merged cases."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.journeys import SHOP, agent, case_of, set_up
from tests.support.moto.stack import Answer, MotoStack, running

START = parse_instant("2026-11-24T02:00:00Z") / 1000


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """A shop with two cases of one customer."""
    with running(START) as stack:
        set_up(stack)
        for name in ("web-1", "web-2"):
            hook(stack, "case.requested", name, **opening(name))
        yield stack


def opening(name: str) -> dict[str, Any]:
    return {
        "external_id": name,
        "type": "question",
        "channel": "web",
        "subject": f"The lamp of {name}",
        "message": "It flickers",
        "customer": {"external_id": "sun", "name": "Sun Yue", "email": "sun@example.net", "language": "en"},
    }


def hook(stack: MotoStack, kind: str, delivery: str, **data: Any) -> None:
    answer = stack.hook(SHOP, kind, data, stack.secret(SHOP, "standard"), f"{delivery}-{kind}")
    assert answer.status == 202


def says(stack: MotoStack, name: str, text: str) -> None:
    hook(stack, "message.received", text, case_external_id=name, author="customer", message=text)


def post(stack: MotoStack, name: str, path: str, body: Any, **headers: str) -> Answer:
    return stack.request("POST", f"/v1/cases/{case_of(stack, name)}/{path}", body, agent(stack), headers)


def get(stack: MotoStack, path: str) -> Any:
    answer = stack.request("GET", path, token=agent(stack))
    assert answer.status == 200, answer.body
    return answer.body


def texts(stack: MotoStack, path: str) -> list[str]:
    return [item["data"]["message"] for item in get(stack, path)["items"] if "message" in item["data"]]


def test_a_message_on_a_merged_case_arrives_on_the_other_and_comes_back_when_it_is_unmerged(stack: MotoStack) -> None:
    first, second = case_of(stack, "web-1"), case_of(stack, "web-2")
    merged = post(stack, "web-2", "merge", {"into": first})
    assert (merged.status, merged.body["merged_into"], merged.body["status"]) == (200, first, "closed")
    assert merged.headers["etag"] == f'"{merged.body["version"]}"'
    says(stack, "web-2", "are you there?")
    target = get(stack, f"/v1/cases/{first}")
    assert target["merged"] == [second]
    assert texts(stack, f"/v1/cases/{first}/events") == ["It flickers", "are you there?"]
    assert texts(stack, f"/v1/cases/{first}/timeline?limit=100") == ["It flickers", "It flickers", "are you there?"]
    listed = get(stack, f"/v1/cases?shop={SHOP}&status=new")["items"]
    assert [case["id"] for case in listed] == [first]
    unmerged = post(stack, "web-1", "unmerge", {"case": second})
    assert (unmerged.status, unmerged.body["merged"]) == (200, [])
    again = get(stack, f"/v1/cases/{second}")
    assert (again["status"], again["merged_into"], again["closed_at"]) == ("new", None, None)
    assert {clock["state"] for clock in again["clocks"]} == {"running"}
    assert texts(stack, f"/v1/cases/{second}/events") == ["It flickers", "are you there?"]


def test_a_merge_is_answered_once_and_refused_in_words(stack: MotoStack) -> None:
    first = case_of(stack, "web-1")
    assert post(stack, "web-2", "merge", {"into": first}, **{"if-match": '"9"'}).status == 412
    done = [post(stack, "web-2", "merge", {"into": first}, **{"idempotency-key": "k"}) for _ in range(2)]
    assert [answer.body for answer in done] == [done[0].body] * 2
    itself = post(stack, "web-1", "merge", {"into": first})
    assert (itself.status, itself.body["detail"]) == (409, "A case cannot be merged into itself.")
    assert post(stack, "web-1", "merge", {"into": "01KAJ4Z2C07Q9X3T5V8W1Y4A6B"}).status == 404
    assert post(stack, "web-1", "merge", {"into": first, "why": "x"}).status == 422
    refused = post(stack, "web-2", "messages", {"body": "hello"})
    assert (refused.status, first in refused.body["detail"]) == (409, True)


def test_another_shops_case_is_not_found(stack: MotoStack) -> None:
    body = {"name": "Other", "time_zone": "UTC", "locale": "en", "mail_from": "care@example.com", "calendar": "US"}
    assert stack.request("PUT", "/v1/shops/other", body, stack.token("admin")).status == 200
    answer = stack.request("POST", "/v1/cases", {"shop": "other", **opening("x")}, stack.token("agent", "other", "li"))
    for path, named in (("merge", {"into": answer.body["id"]}), ("links", {"add": [answer.body["id"]]})):
        assert post(stack, "web-1", path, named).status == 404
    mine = stack.request(
        "POST", f"/v1/cases/{answer.body['id']}/merge", {"into": case_of(stack, "web-1")}, agent(stack)
    )
    assert mine.status == 404


def test_messages_are_split_off_over_http(stack: MotoStack) -> None:
    first = case_of(stack, "web-1")
    says(stack, "web-1", "and my order?")
    message = get(stack, f"/v1/cases/{first}/events")["items"][-1]["id"]
    old = post(stack, "web-1", "split", {"events": [message], "subject": "The order", "type": "order_issue"})
    assert old.status == 201
    (opened,) = old.body["links"]
    case = get(stack, f"/v1/cases/{opened}")
    assert (case["type"], case["subject"], case["links"]) == ("order_issue", "The order", [first])
    related = get(stack, f"/v1/cases/{first}/related")["items"]
    assert [(each["relation"], each["id"], each["number"]) for each in related] == [("linked", opened, case["number"])]
    wrong = post(stack, "web-1", "split", {"events": [message], "subject": "x"})
    assert (wrong.status, wrong.body["errors"][0]["path"]) == (422, "events[0]")


def test_a_snooze_ends_at_its_time_by_the_timers_and_at_once_when_the_customer_writes(stack: MotoStack) -> None:
    snoozed = post(stack, "web-1", "snooze", {"until": "2026-11-24T08:00:00Z"})
    assert snoozed.status == 200
    assert snoozed.body["snooze"] == {
        "since": "2026-11-24T02:00:00.000Z",
        "by": "mei",
        "until": "2026-11-24T08:00:00.000Z",
        "event": None,
        "breaks": [],
    }
    post(stack, "web-2", "snooze", {"event": "refund_completed"})
    says(stack, "web-2", "hello?")
    assert get(stack, f"/v1/cases/{case_of(stack, 'web-2')}")["snooze"] is None
    stack.advance(5 * 3600)
    assert get(stack, f"/v1/cases/{case_of(stack, 'web-1')}")["snooze"] is not None
    stack.advance(2 * 3600)
    case = get(stack, f"/v1/cases/{case_of(stack, 'web-1')}")
    assert case["snooze"] is None
    assert get(stack, f"/v1/cases/{case['id']}/events")["items"][-1]["data"]["why"] == "time"
    assert post(stack, "web-1", "snooze", {}).status == 422
    assert post(stack, "web-1", "unsnooze", {}).status == 200


def test_tags_and_links_over_http(stack: MotoStack) -> None:
    assert post(stack, "web-1", "tags", {"add": [" VIP "]}).body["tags"] == ["vip"]
    assert post(stack, "web-1", "tags", {"add": ["a\nb"]}).status == 422
    second = case_of(stack, "web-2")
    assert post(stack, "web-1", "links", {"add": [second]}).body["links"] == [second]
    assert get(stack, f"/v1/cases/{second}")["links"] == [case_of(stack, "web-1")]
