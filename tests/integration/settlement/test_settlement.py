"""Statements on the table as the template declares it: the HTTP API, the intake, the nightly job, the metrics."""

import base64
import gzip
import json
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from chalicelib.adapters.aws.dynamo import Item
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.settlement.find_unpaid import plan_checks
from tests.support.cases.webhooks import request
from tests.support.metrics.days import compute_one_day, send_events
from tests.support.metrics.records import records_of
from tests.support.paths import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "statements"
NOON = parse_instant("2026-11-18T12:00:00+08:00")
NUMBERS = count(1)
ORDER = {"external_id": "O-1001", "items": [{"sku": "LAMP"}], "total": {"amount": "310.00", "currency": "CNY"}}


@pytest.fixture
def clock(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time of the services that the HTTP routes and the intake worker use."""
    times = [NOON]
    services.now = lambda: times[0]  # type: ignore[method-assign]
    import app as _  # noqa: F401 - with all that it stands at

    for module in ("http.settlement.routes", "http.metrics.routes", "workers.intake", "workers.batch"):
        monkeypatch.setattr(f"chalicelib.entrypoints.{module}.services", lambda: services)
    monkeypatch.setattr("app.services", lambda: services)
    return times


def refund(services: AwsServices, amount: str = "100.00", name: str = "web-1", order: Any = ORDER) -> str:
    """Money that the shop was asked to pay without an answer; its id."""
    send_events(services, "case.requested", request(external_id=name, order=order, occurred_at=None), next(NUMBERS))
    case = services.cases.load(case_key("demo", name)).case
    assert case is not None
    command = Command(case=case.id, shop="demo", by=Actor("agent", "mei"))
    asked = MoneyAsked(kind="refund", amount=MoneyIn(amount, "CNY"))
    money = propose_money(services, command, asked).case.money[-1].id  # type: ignore[union-attr] # it is there
    for step in ("request", "lose"):
        step_money(services, command, money, step, MoneyStep(), False)
    return money


def bring(data: bytes, role: str = "supervisor", **more: Any) -> tuple[int, Any]:
    body = json.dumps({"content": base64.b64encode(data).decode(), **more})
    return ask("POST", "/v1/shops/demo/statements", role, body)


def ask(method: str, path: str, role: str = "agent", body: str = "") -> tuple[int, Any]:
    """A request as API Gateway passes it on, from a user of that group of the shop."""
    from app import app

    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query))
    claims = {"sub": role, "cognito:username": role, "cognito:groups": f"[{role} shop:demo]"}
    event = {
        "httpMethod": method,
        "path": parts.path,
        "resource": _route(parts.path),
        "stageVariables": None,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "body": body,
        "isBase64Encoded": False,
        "queryStringParameters": query or None,
        "pathParameters": {"shop": "demo"} if "/shops/" in path else None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "requestContext": {
            "resourcePath": _route(parts.path),
            "httpMethod": method,
            "path": parts.path,
            "identity": {},
            "authorizer": {"claims": claims},
        },
    }
    answer = app(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def _route(path: str) -> str:
    return path.replace("/shops/demo", "/shops/{shop}")


def settle_all(services: AwsServices, kinds: tuple[str, ...] = ("ENTRY", "CHECK")) -> int:
    """Handle what the relay would send to the intake queue."""
    from chalicelib.adapters.aws.messages import ItemMessage, read_message, write_message
    from chalicelib.entrypoints.workers.intake import HANDLERS

    found: list[Item] = [
        one for one in services.table.scan() if one.get("relay") == "intake" and one["pk"].split("#")[0] in kinds
    ]
    for item in found:
        message = read_message(write_message(ItemMessage(item["pk"], item["sk"])), HANDLERS)
        HANDLERS[type(message)](message)
    return len(found)


def test_a_statement_through_the_front_door_settles_what_it_proves_and_lists_the_rest(
    services: AwsServices, clock: list[int]
) -> None:
    money = refund(services)
    clock[0] += DAY_MS
    text = (FIXTURES / "wechat-all.csv").read_bytes().replace(b"RF-DESK-0001", money.encode())
    status, body = bring(text, provider="wechat")
    assert (status, body["rows"], body["entries"], body["new"], body["warnings"]) == (200, 5, 3, 3, [])
    assert settle_all(services) == 3
    case = services.cases.load(case_key("demo", "web-1")).case
    assert case is not None
    assert [(one.state, one.proof) for one in case.money] == [("done", "wechat/50300099992026111800000000001")]
    status, listed = ask("GET", "/v1/shops/demo/settlement?day=2026-11-18")
    assert status == 200
    assert [(one["state"], one["amount"]["amount"]) for one in listed["items"]] == [
        ("settled", "100.00"),
        ("unknown", "88.00"),
        ("failed", "12.50"),
    ]
    assert (listed["covered"], listed["record"]) == (["wechat"], None)
    again = bring(gzip.compress(text))
    assert (again[1]["new"], again[1]["known"]) == (0, 3)
    assert settle_all(services) == 3
    assert services.cases.load(case_key("demo", "web-1")).case == case


def test_the_nightly_job_counts_what_statements_say_and_what_they_do_not(
    services: AwsServices, clock: list[int]
) -> None:
    paid, missing = refund(services), refund(services, "50.00", "web-2", ORDER | {"external_id": "O-1009"})
    clock[0] += 10 * DAY_MS
    text = (FIXTURES / "wechat-all.csv").read_bytes().replace(b"RF-DESK-0001", paid.encode())
    bring(text)
    late = text.replace(b"2026-11-18", b"2026-11-27").replace(b"2026111800", b"2026112700")
    early = text.replace(b"2026-11-18", b"2026-11-17").replace(b"2026111800", b"2026111700")
    for one in (early, late):
        bring(one.replace(paid.encode(), b"shop-1"))
    settle_all(services)
    whole = {"provider": "wechat", "statement": "all", "since": "2026-11-17T00:00:00Z", "until": "2026-11-28T00:00:00Z"}
    send_events(services, "statement.told", whole, next(NUMBERS))
    assert plan_checks(services, shop_of(services, "demo"), "2026-11-27", services.now()) > 0
    settle_all(services, ("CHECK",))
    run = compute_one_day(services)
    first = compute_day(run, shop_of(services, "demo"), "2026-11-18", "run", services.now())
    assert first.days
    record = records_of(services, "demo", "2026-11-18")["settlement_all", "all"]
    shown = {name: record[name] for name in ("settled", "unknown", "failed", "not_paid", "money")}
    assert shown == {
        "settled": 1,
        "unknown": 1,
        "failed": 1,
        "not_paid": 1,
        "money": {"CNY": {"failed": "12.50", "not_paid": "50.00", "settled": "100.00", "unknown": "88.00"}},
    }
    assert [one.id for one in _money(services, "web-2")] == [missing]
    _, listed = ask("GET", "/v1/shops/demo/settlement?day=2026-11-18&state=not_paid")
    assert [(one["money"], one["case"]) for one in listed["items"]] == [(missing, _case(services, "web-2").id)]
    assert listed["record"]["not_paid"] == 1
    _, figures = ask("GET", "/v1/metrics/settlement?shop=demo&from=2026-11-18&to=2026-11-18")
    assert [one["settled"] for one in figures["items"]] == [1]
    again = compute_day(run, shop_of(services, "demo"), "2026-11-18", "again", services.now())
    assert again.restated == 0


def _case(services: AwsServices, name: str) -> Any:
    return services.cases.load(case_key("demo", name)).case


def _money(services: AwsServices, name: str) -> Any:
    return _case(services, name).money


@pytest.mark.parametrize(
    ("role", "data", "more", "status", "why"),
    [
        ("agent", b"x", {}, 403, "supervisor"),
        ("supervisor", b"Name,Sum\n", {}, 422, "not a known statement"),
        ("supervisor", b"x", {"dates": "ymd"}, 422, "dates"),
        ("supervisor", b"\x1f\x8bnot one", {}, 422, "broken"),
        ("supervisor", b"x" * 4_200_000, {}, 413, "infra.import"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(
    services: AwsServices, clock: list[int], role: str, data: bytes, more: dict[str, str], status: int, why: str
) -> None:
    got, body = bring(data, role, **more)
    assert (got, why in json.dumps(body)) == (status, True)


def test_a_cursor_of_another_list_is_refused(services: AwsServices, clock: list[int]) -> None:
    other = base64.urlsafe_b64encode(b"~~~").decode()
    status, body = ask("GET", f"/v1/shops/demo/settlement?day=2026-11-18&next={quote(other)}")
    assert (status, body["errors"][0]["path"]) == (422, "next")


def test_pages_of_a_day_hold_each_entry_once(services: AwsServices, clock: list[int]) -> None:
    bring((FIXTURES / "wechat-all.csv").read_bytes())
    seen, after = [], ""
    for _ in range(4):
        _, page = ask("GET", f"/v1/shops/demo/settlement?day=2026-11-18&limit=1{after}")
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&next={quote(page['next'])}"
    assert len(seen) == len(set(seen)) == 3
