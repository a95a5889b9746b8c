"""Webhooks out on the packaged stack: a receiver on this machine is the shop."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.support.cloud.stories import ORDER, ask_back
from tests.support.cloud.world import World, problem


@dataclass
class Receiver:
    """Stores what is posted to it, and answers with the next status of `answers`, or with 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def of_type(self, kind: str) -> list[Any]:
        return [payload["data"] for _, body in self.got if (payload := json.loads(body))["type"] == kind]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.answers.pop(0) if kept.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/aftercare"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()


def put(world: World, *endpoints: dict[str, Any]) -> Any:
    path = f"/v1/shops/{world.shop}/endpoints"
    answer = world.stack.request("PUT", path, {"endpoints": list(endpoints)}, world.admin)
    assert answer.status == 200, answer
    return answer.body["items"]


def log(world: World, name: str) -> Any:
    return world.get(f"/v1/shops/{world.shop}/endpoints/{name}/deliveries").body["items"]


def test_a_shop_gets_events_of_its_cases_signed_and_again_when_it_was_down(world: World, receiver: Receiver) -> None:
    receiver.answers = [503]
    secret = put(world, {"name": "erp", "url": receiver.url, "types": ["case.opened"]})[0]["secret"]
    case = world.ask("web-1")
    world.eventually(lambda: len(receiver.got) == 2, "the second try")
    payloads = [Webhook(secret).verify(body, headers) for headers, body in receiver.got]
    assert payloads[0] == payloads[1]
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {log(world, "erp")[0]["id"]}
    assert (payloads[0]["data"]["case"], payloads[0]["data"]["event"]["type"]) == (case, "case_opened")
    (listed,) = world.eventually(lambda: [one for one in log(world, "erp") if one["state"] == "delivered"], "the log")
    whole = world.get(f"/v1/deliveries/{listed['id']}").body
    assert [one["status"] for one in whole["attempts"]] == [503, 204]
    replayed = world.post(f"/v1/deliveries/{listed['id']}/replay", {})
    assert replayed.status == 202, replayed
    world.eventually(lambda: len(receiver.got) == 3, "the replay")


def test_money_is_asked_of_the_shop_by_webhook_and_done_by_its_answer(world: World, receiver: Receiver) -> None:
    put(world, {"name": "payments", "url": receiver.url, "types": ["money.requested", "money.unknown"]})
    world.policy(after_sales={"money_answer_seconds": 2})
    case = ask_back(world, "web-1")
    asked = {"kind": "refund", "amount": {"amount": "150.00", "currency": "CNY"}}
    money = world.post(f"/v1/cases/{case}/money", asked).body["money"][0]
    assert money["state"] == "approved"
    assert world.post(f"/v1/cases/{case}/money/{money['id']}/request", {}).status == 200
    payload = world.eventually(lambda: receiver.of_type("money.requested"), "the request")[0]
    assert (payload["money"]["id"], payload["money"]["amount"]["amount"]) == (money["id"], "150.00")
    assert payload["order"] == ORDER["external_id"]
    again = world.eventually(lambda: receiver.of_type("money.unknown"), "the question after two silent seconds")[0]
    assert again["money"]["id"] == money["id"]
    assert world.case(case)["tasks"][0]["department"] == "finance"
    world.hook("refund.completed", {"case_external_id": "web-1", "money": money["id"]})
    world.eventually(lambda: world.case(case)["money"][0]["state"] == "done", "the money")
    assert len(receiver.of_type("money.requested")) == 1


def test_410_ends_it_until_the_endpoint_is_put_again(world: World, receiver: Receiver) -> None:
    receiver.answers = [410]
    put(world, {"name": "erp", "url": receiver.url})
    world.ask("web-1")
    path = f"/v1/shops/{world.shop}/endpoints"
    world.eventually(lambda: world.get(path).body["items"][0]["state"] == "disabled", "the disabled endpoint")
    world.ask("web-2")
    assert len(receiver.got) == 1
    assert put(world, {"name": "erp", "url": receiver.url})[0]["state"] == "active"


def test_an_agent_puts_no_endpoints_and_sees_no_other_shops_deliveries(world: World, receiver: Receiver) -> None:
    path = f"/v1/shops/{world.shop}/endpoints"
    problem(world.stack.request("PUT", path, {"endpoints": []}, world.agent), 403)
    put(world, {"name": "erp", "url": receiver.url})
    world.ask("web-1")
    (listed,) = world.eventually(lambda: log(world, "erp"), "the log")
    stranger = World.new(world.stack)
    problem(stranger.get(f"/v1/deliveries/{listed['id']}"), 404)
    problem(stranger.get(f"{path}/erp/deliveries"), 404)
