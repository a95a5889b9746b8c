"""Data that an earlier version stored can be read: the recorded table of November 2026, on moto.

The recording is made by `tests.support.recording.record_table`; it was made before the code was moved into folders by
capability. The cases are audited against their events, the API shows what it showed then, and work goes on."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.usecases.cases.audit_case import audit_case
from tests.support.moto.cloud import INBOUND, client
from tests.support.moto.http_events import Json
from tests.support.moto.stack import MotoStack, running
from tests.support.recording import recorded

KINDS = {
    "CALENDAR": 3,
    "CASE": 461,
    "CHECK": 9,
    "CLAIM": 148,
    "COUNT": 13,
    "CUSTOMER": 133,
    "DUE": 759,
    "ENTRY": 10,
    "ERASURE": 3,
    "EXPORT": 2,
    "HEARD": 37,
    "HELP": 2,
    "MAIL": 72,
    "METRIC": 139,
    "MONEY": 3,
    "NIGHT": 20,
    "NUMBER": 59,
    "ONCE": 2,
    "ORDER": 28,
    "OUT": 74,
    "QUEUE": 27,
    "RECEIPT": 165,
    "ROSTER": 5,
    "ROUTE": 9,
    "SALE": 14,
    "SHOP": 13,
    "SHOPS": 4,
    "STAND": 13,
    "STATE": 1,
    "STATEMENT": 4,
    "TASKS": 7,
    "WHO": 37,
    "WORK": 2,
}
CASES = 59
SINGLE_RECORDS, DIMENSIONS_WITH_RECORDS = 42, 12
"""What the shop `demo` has of 23 November."""


@pytest.fixture(scope="module")
def text() -> str:
    return recorded.read(recorded.TABLE)


@pytest.fixture(scope="module")
def old(text: str) -> Iterator[MotoStack]:
    """The application over the recorded table, at the instant it was recorded."""
    with running(recorded.RECORDED_AT) as stack:
        recorded.restore(text)
        stack.skip_stream()
        yield stack


def test_the_recording_holds_every_kind_of_item(text: str) -> None:
    found = Counter(item["pk"]["S"].partition("#")[0] for item in recorded.items(text, "care"))
    assert dict(found) == KINDS


def test_every_case_is_what_its_events_come_to(old: MotoStack) -> None:
    wrong, audited = {}, 0
    for stored in services().cases.everything():
        audited += stored.case is not None
        if sentences := audit_case(services(), stored):
            wrong[stored.key] = sentences
    assert wrong == {}
    assert audited == CASES


def test_every_case_is_on_the_list_of_its_status_where_the_earlier_version_put_it(old: MotoStack) -> None:
    by_status: dict[tuple[str, str], list[str]] = {}
    for stored in services().cases.everything():
        if stored.case is not None:
            by_status.setdefault((stored.case.shop, stored.case.status), []).append(stored.key)
    assert {status for _, status in by_status} >= {"new", "open", "waiting_internal", "resolved"}
    for shop in {shop for shop, _ in by_status}:
        for status in STATUSES:
            found = services().cases.find(shop, status, None, None, 100, None).items
            assert sorted(stored.key for stored in found) == sorted(by_status.get((shop, status), []))


ADDED: dict[str, Any] = {"side_conversations": [], "merged_into": None, "merged": [], "snooze": None, "typing": None}
"""Fields that cases are shown with since the recording, each with what it shows of a case from then."""
ADDED_TO_SHOPS: dict[str, Any] = {"search": {"words": True}}
"""The same of shops."""


def without_additions(view: Any) -> Any:
    """What the API shows without the fields it has shown only since the recording. A value that no case from then can
    have stays, so that it is found."""
    if isinstance(view, dict):
        added = ADDED if "clocks" in view else ADDED_TO_SHOPS if "mail_from" in view else {}
        left = {name: value for name, value in view.items() if name not in added or value != added[name]}
        return {name: without_additions(value) for name, value in left.items()}
    return [without_additions(item) for item in view] if isinstance(view, list) else view


def test_the_desk_lists_every_open_case_although_the_earlier_version_had_no_lists_of_open_work(old: MotoStack) -> None:
    open_cases: dict[str, set[str]] = {}
    for stored in services().cases.everything():
        if stored.case is not None and not stored.case.done:
            open_cases.setdefault(stored.case.shop, set()).add(stored.case.id)
    assert "demo" in open_cases
    for shop, expected in open_cases.items():
        rows, following = list[Json](), ""
        while True:
            path = f"/v1/desk/{shop}/views/all?limit=7{following}"
            body = old.ask("GET", path, token=old.token("agent", shop, "mei")).body
            rows += body["items"]
            if body["next"] is None:
                break
            following = f"&next={body['next']}"
        assert {row["id"] for row in rows} == expected
        assert body["complete"]


def test_the_api_shows_what_it_showed_then(old: MotoStack, text: str) -> None:
    expected = json.loads(recorded.read(recorded.VIEWS))
    found = recorded.views(old, text)
    assert found.keys() == expected.keys()
    shown = {path: without_additions(view) for path, view in found.items()}
    differing = {path: (shown[path], expected[path]) for path in expected if shown[path] != expected[path]}
    assert differing == {}


def test_what_is_sealed_can_be_read_again(old: MotoStack) -> None:
    case = case_of(old, "worked")
    assert (case["customer"]["name"], case["subject"]) == ("林晓 Lin", "请问什么时候发货？")
    events = old.ask("GET", f"/v1/cases/{case['id']}/events", token=mei(old)).body["items"]
    assert [one["data"].get("message") for one in events if one["type"] == "note_added"] == ["供应商说周五到。"]


def test_a_case_that_comes_now_meets_what_waited_for_it(old: MotoStack) -> None:
    who = {"external_id": "c-late", "name": "Lea Sund", "email": "lea@example.net", "language": "en"}
    asked = {
        "external_id": "late-comer",
        "type": "question",
        "channel": "web",
        "subject": "Where?",
        "message": "Where?",
    }
    old.hook("demo", "case.requested", asked | {"customer": who}, old.secret("demo", "standard"), "late-comer")
    case = case_of(old, "late-comer")
    events = old.ask("GET", f"/v1/cases/{case['id']}/events", token=mei(old)).body["items"]
    assert [one["type"] for one in events][:3] == ["case_opened", "message_received", "reply_sent"]


def test_an_old_case_is_answered_and_goes_on(old: MotoStack) -> None:
    before = case_of(old, "worked")
    data = {"case_external_id": "worked", "author": "customer", "message": "Friday is too late."}
    old.hook("demo", "message.received", data, old.secret("demo", "standard"), "goes-on")
    answer = old.request("POST", f"/v1/cases/{before['id']}/messages", {"body": "周四。", "public": True}, mei(old))
    assert (answer.status, answer.body["status"]) == (201, "waiting_internal")
    stored = services().cases.load(before["id"][-16:])
    assert audit_case(services(), stored) == []


def test_the_events_of_an_old_case_are_packed_when_it_goes_on(old: MotoStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.domain.cases.packs.PACK_SIZE", 2)
    monkeypatch.setattr("chalicelib.usecases.cases.earlier_events.PACK_SIZE", 2)
    before = case_of(old, "worked")
    key = before["id"][-16:]
    version = services().cases.load(key).version
    assert services().cases.load(key).packed.count == 0
    for name, occurred_at in (("late-1", "2026-11-24T03:00:00Z"), ("late-2", "2026-11-24T02:00:00Z")):
        data = {"case_external_id": "worked", "author": "customer", "message": name, "occurred_at": occurred_at}
        old.hook("demo", "message.received", data, old.secret("demo", "standard"), name)
    stored = services().cases.load(key)
    assert (stored.version, stored.packed.count) == (version + 2, version)
    assert audit_case(services(), stored) == []
    events = old.ask("GET", f"/v1/cases/{before['id']}/events", token=mei(old)).body["items"]
    assert len(events) == stored.version


def test_a_request_that_was_answered_then_gets_the_same_answer_now(old: MotoStack) -> None:
    asked: Json = {
        "shop": "demo",
        "external_id": "by-staff",
        "type": "question",
        "channel": "phone",
        "subject": "Invoice",
    }
    asked |= {"message": "Please send it.", "customer": {"external_id": "c-by-staff", "name": "Ana Reis"}}
    answer = old.request("POST", "/v1/cases", asked, mei(old), {"Idempotency-Key": "open-once"})
    assert (answer.status, answer.body["id"]) == (201, case_of(old, "by-staff")["id"])


def test_a_webhook_that_came_then_is_known_now(old: MotoStack) -> None:
    data = {"external_id": "r-5", "score": 5, "customer": {"external_id": "c-r5"}}
    answer = old.hook("demo", "review.created", data, old.secret("demo", "standard"), "review-5")
    assert (answer.status, answer.body["duplicate"]) == (200, True)


def test_an_email_that_answers_an_old_one_joins_its_case(old: MotoStack) -> None:
    raw = (
        f"From: wang@example.net\r\nTo: demo@{INBOUND}\r\nSubject: Re: Lamp\r\nMessage-ID: <new@client.example>\r\n"
        "In-Reply-To: <second-a1b2c3@client.example>\r\nDate: Thu, 26 Nov 2026 16:00:00 +0800\r\n"
        "\r\nIt is dark again.\r\n"
    )
    old.receive(raw.encode(), f"demo@{INBOUND}", "wang@example.net")
    customer = old.ask("GET", "/v1/customers?shop=demo&email=wang@example.net", token=mei(old)).body["items"][0]
    (case,) = old.ask("GET", f"/v1/customers/{customer['id']}", token=mei(old)).body["cases"]
    events = old.ask("GET", f"/v1/cases/{case['id']}/events", token=mei(old)).body["items"]
    assert events[-1]["data"]["message"] == "It is dark again."


def test_a_day_that_was_computed_can_be_computed_again(old: MotoStack) -> None:
    path = "/v1/metrics/satisfaction?shop=demo&from=2026-11-24&to=2026-11-24"
    before = old.ask("GET", path, token=mei(old)).body["items"][0]
    old.request("POST", "/v1/metrics/run", {"shop": "demo", "day": "2026-11-24"}, old.token("admin"))
    assert "nights" in old.calls
    after = old.ask("GET", path, token=mei(old)).body["items"][0]
    assert after["computed_at"] > before["computed_at"]
    assert after | {"computed_at": before["computed_at"]} == before


def test_records_stored_singly_and_those_packed_since_are_one_list(old: MotoStack) -> None:
    paths = [f"satisfaction?dimension={name}" for name in ("all", "sku", "type", "channel", "team", "assignee")]
    paths += [f"after-sales?dimension={name}" for name in ("all", "kind", "reason", "sku")]
    before = {path: listed_by_threes(old, path) for path in paths}
    assert stored_sorts("2026-11-23") == {"#": SINGLE_RECORDS}
    old.request("POST", "/v1/metrics/run", {"shop": "demo", "day": "2026-11-23"}, old.token("admin"))
    assert stored_sorts("2026-11-23") == {"!": DIMENSIONS_WITH_RECORDS}
    assert {path: listed_by_threes(old, path) for path in paths} == before
    assert sum(map(len, before.values())) > SINGLE_RECORDS


def listed_by_threes(stack: MotoStack, path: str) -> list[Json]:
    """All records of some days, read three at a time, without the time at which they were computed."""
    found: list[Json] = []
    following = ""
    while True:
        days = "from=2026-11-18&to=2026-11-25&limit=3"
        body = stack.ask("GET", f"/v1/metrics/{path}&shop=demo&{days}{following}", token=mei(stack)).body
        found += [{name: value for name, value in one.items() if name != "computed_at"} for one in body["items"]]
        if body["next"] is None:
            return found
        following = f"&next={body['next']}"


def stored_sorts(day: str) -> dict[str, int]:
    """How many items hold the records of a day, by the character behind the day: `#` for a single record."""
    items = [
        item for page in client("dynamodb").get_paginator("scan").paginate(TableName="care") for item in page["Items"]
    ]
    sorts = [item["sk"]["S"] for item in items if item["pk"]["S"].startswith("METRIC#demo#")]
    return dict(Counter(sort[len(day)] for sort in sorts if sort.startswith(day)))


def mei(stack: MotoStack) -> str:
    return stack.token("agent", "demo", "mei")


def case_of(stack: MotoStack, external_id: str) -> Json:
    found = stack.ask("GET", f"/v1/cases?shop=demo&external_id={external_id}", token=mei(stack)).body["items"]
    case: Json = found[0]
    return case
