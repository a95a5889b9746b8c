"""Webhooks out: who hears of what, signed how, tried how often, and never twice by our doing."""

import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from chalicelib.adapters.aws.egress_guard import is_public
from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient
from chalicelib.domain.flows.payloads import MoneyStep
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, SECOND_MS
from chalicelib.domain.webhooks_out.endpoint import (
    RETRY_DELAYS_MS,
    Attempt,
    Delivery,
    EndpointIn,
    EndpointsIn,
    after_attempt,
)
from chalicelib.entrypoints.http.cases.views import event_view
from chalicelib.usecases.aftersales.compensate import step_money
from chalicelib.usecases.ports import RetryLater
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from chalicelib.usecases.webhooks_out.deliver import deliver, plan_deliveries, replay
from chalicelib.usecases.webhooks_out.manage_endpoints import put_endpoints, rotate_secret
from tests.fakes import NOON, FakeServices
from tests.unit.desk_work import case_in, command
from tests.unit.test_hooks import KEY, request
from tests.unit.test_money import BOUGHT, propose

ERP = EndpointIn("erp", "https://erp.example.com/aftercare", ("case.opened", "money.requested", "money.unknown"))
EVERYTHING = EndpointIn("lake", "https://lake.example.com/in?shop=demo")


def put(services: FakeServices, *endpoints: EndpointIn) -> dict[str, str]:
    _, made = put_endpoints(services, "demo", EndpointsIn(endpoints))
    return made


def planned(services: FakeServices, place: int = -1) -> list[Delivery]:
    """The deliveries of one event of the case."""
    made = plan_deliveries(services, KEY, services.cases.events(KEY)[place].order, event_view)
    return [services.deliveries.kept[key_of_id(one)] for one in made]


def tried(services: FakeServices, delivery: Delivery) -> Delivery:
    after = deliver(services, key_of_id(delivery.id))
    assert after is not None
    return after


@pytest.fixture
def opened(services: FakeServices) -> FakeServices:
    put(services, ERP, EVERYTHING)
    services.hook("case.requested", request(order=BOUGHT))
    return services


def test_an_opening_reaches_all_who_want_it_signed_so_that_the_scheme_verifies_it(services: FakeServices) -> None:
    secrets = put(services, ERP, EVERYTHING)
    services.hook("case.requested", request())
    for delivery in planned(services, 0):
        assert tried(services, delivery).state == "delivered"
    assert {url for url, _, _ in services.webhook_client.posted} == {ERP.url, EVERYTHING.url}
    for (_, headers, body), name in zip(services.webhook_client.posted, ("erp", "lake"), strict=True):
        told = Webhook(secrets[name]).verify(body, headers)
        assert (told["type"], told["data"]["number"]) == ("case.opened", case_in(services).number)
        assert told["data"]["event"]["data"]["subject"] == "鞋子偏小"


def test_an_event_is_planned_once_and_a_historical_case_sends_nothing(opened: FakeServices) -> None:
    assert len(planned(opened, 0)) == 2
    assert planned(opened, 0) == []
    opened.hook("case.requested", request(external_id="old", historical=True), "old")
    old = next(key for key in opened.cases.headers if key != KEY)
    assert plan_deliveries(opened, old, "0", event_view) == []


def test_what_was_told_before_the_opening_goes_out_with_it(services: FakeServices) -> None:
    put(services, EVERYTHING)
    services.hook("message.received", {"case_external_id": "web-1", "author": "customer", "message": "在吗"})
    assert planned(services, 0) == []
    services.hook("case.requested", request())
    assert {one.type for one in planned(services, 0)} == {"case.opened", "message.received"}


def test_a_delivery_is_tried_by_the_schedule_under_one_id_and_given_up_after_three_days(opened: FakeServices) -> None:
    opened.webhook_client.answers = [Attempt(at=0, status=503, answer="down")] * 11
    delivery, waits = planned(opened, 0)[0], []
    after = tried(opened, delivery)
    while after.state == "waiting":
        assert after.next_at is not None
        waits.append(after.next_at - opened.time)
        assert deliver(opened, key_of_id(delivery.id)) is None  # too early
        opened.time = after.next_at
        after = tried(opened, after)
    assert tuple(waits) == RETRY_DELAYS_MS
    assert (after.state, len(after.attempts)) == ("failed", 10)
    assert 3 * DAY_MS < opened.time - NOON < 3.2 * DAY_MS
    assert {headers["webhook-id"] for _, headers, _ in opened.webhook_client.posted} == {delivery.id}
    assert len({headers["webhook-timestamp"] for _, headers, _ in opened.webhook_client.posted}) == 10


def test_the_endpoint_may_wish_for_a_longer_wait_but_not_for_ever(opened: FakeServices) -> None:
    base = planned(opened, 0)[0]
    assert after_attempt(base, Attempt(at=NOON, status=429, retry_after=120)).next_at == NOON + 120 * SECOND_MS
    assert after_attempt(base, Attempt(at=NOON, status=429, retry_after=10**9)).next_at == NOON + 24 * HOUR_MS


def test_410_disables_the_endpoint_until_it_is_put_again(opened: FakeServices) -> None:
    opened.webhook_client.answers = [Attempt(at=0, status=410)]
    gone = tried(opened, planned(opened, 0)[0])
    assert gone.state == "failed"
    assert {one.name: one.disabled_at for one in opened.deliveries.known} == {"erp": opened.time, "lake": None}
    put(opened, ERP)
    assert replay(opened, gone).state == "waiting"
    assert tried(opened, gone).state == "delivered"
    with_secret = opened.webhook_client.posted[-1][1]["webhook-signature"]
    assert with_secret.count("v1,") == 1


def test_one_that_was_delivered_is_not_tried_again_and_two_workers_do_not_both_try(opened: FakeServices) -> None:
    delivery, waiting = planned(opened, 0)
    opened.deliveries.claimed.add(delivery.id)
    with pytest.raises(RetryLater):
        deliver(opened, key_of_id(delivery.id))
    opened.deliveries.claimed.clear()
    tried(opened, delivery)
    assert deliver(opened, key_of_id(delivery.id)) is None
    with pytest.raises(Conflict):
        replay(opened, waiting)


def test_after_a_rotation_old_and_new_secret_sign_for_a_day(opened: FakeServices) -> None:
    old = opened.secrets.endpoints["erp"][0].secret
    new = rotate_secret(opened, "demo", "erp")[0].secret
    delivery = planned(opened, 0)[0]
    tried(opened, delivery)
    _, headers, body = opened.webhook_client.posted[-1]
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
    assert len(rotate_secret(opened, "demo", "erp")) == 2
    opened.time += DAY_MS + SECOND_MS
    opened.deliveries.settle(replay(opened, opened.deliveries.kept[key_of_id(delivery.id)]), opened.time)
    tried(opened, delivery)
    assert opened.webhook_client.posted[-1][1]["webhook-signature"].count("v1,") == 1


def test_a_money_request_carries_all_a_shop_needs_and_becomes_unknown_when_nobody_takes_it(
    opened: FakeServices,
) -> None:
    put(opened, ERP)
    money = propose(opened, "100.00", SHOE="100.00")
    step_money(opened, command(opened), money.id, "request", MoneyStep(), False)
    delivery = next(one for one in planned(opened) if one.endpoint == "erp")
    told = json.loads(delivery.body)["data"]
    assert (told["money"]["id"], told["money"]["amount"], told["order"]) == (
        money.id,
        {"amount": "100.00", "currency": "CNY"},
        "O-1",
    )
    opened.webhook_client.answers = [Attempt(at=0, status=410)]
    tried(opened, delivery)
    assert case_in(opened).money[0].state == "unknown"
    put(opened, ERP)
    step_money(opened, command(opened), money.id, "ask", MoneyStep(), False)
    assert [one.type for one in planned(opened)] == ["money.unknown"]
    assert case_in(opened).money[0].state == "unknown"


def requested(services: FakeServices) -> tuple[str, dict[str, Delivery]]:
    """Money the shop is asked for; its id, and the delivery to each endpoint."""
    money = propose(services, "100.00")
    step_money(services, command(services), money.id, "request", MoneyStep(), False)
    return money.id, {one.endpoint: one for one in planned(services)}


def test_money_that_is_not_asked_for_any_more_is_not_asked_for_late(opened: FakeServices) -> None:
    money, deliveries = requested(opened)
    opened.webhook_client.answers = [Attempt(at=0, status=503)]
    waiting = tried(opened, deliveries["erp"])
    for step in ("lose", "fail"):
        step_money(opened, command(opened), money, step, MoneyStep(), False)
    again, _ = requested(opened)
    assert again != money
    opened.time = waiting.next_at or 0
    posted = len(opened.webhook_client.posted)
    assert tried(opened, waiting).state == "failed"
    assert len(opened.webhook_client.posted) == posted
    with pytest.raises(Conflict, match="not asked for any more"):
        replay(opened, opened.deliveries.kept[key_of_id(waiting.id)])


def test_a_request_that_another_worker_is_sending_is_not_dropped_under_its_hands(opened: FakeServices) -> None:
    money, deliveries = requested(opened)
    opened.deliveries.claimed.add(deliveries["erp"].id)  # it has been posted, and its worker has not come back yet
    step_money(opened, command(opened), money, "finish", MoneyStep(), False)
    with pytest.raises(RetryLater):
        deliver(opened, key_of_id(deliveries["erp"].id))
    assert opened.deliveries.kept[key_of_id(deliveries["erp"].id)].state == "waiting"


def test_what_one_endpoint_took_is_not_lost_by_another(opened: FakeServices) -> None:
    _, deliveries = requested(opened)
    opened.webhook_client.answers = [Attempt(at=0, status=410)]
    tried(opened, deliveries["lake"])  # gone, but the other may still take it
    assert case_in(opened).money[0].state == "requested"
    opened.webhook_client.answers = [Attempt(at=0, status=410)]
    tried(opened, deliveries["erp"])
    case = case_in(opened)
    assert (case.money[0].state, [task.department for task in case.tasks]) == ("unknown", ["finance"])


def test_a_shop_that_says_nothing_of_money_is_asked_after_it_by_the_same_id(opened: FakeServices) -> None:
    money = propose(opened, "100.00")
    step_money(opened, command(opened), money.id, "request", MoneyStep(), False)
    opened.time += DAY_MS
    run_due_timers(opened, KEY)
    case = case_in(opened)
    assert case.money[0].state == "unknown"
    assert [(task.department, task.due_at) for task in case.tasks] == [("finance", NOON + 2 * DAY_MS)]
    opened.hook("refund.completed", {"case_external_id": "web-1", "money": money.id})
    assert case_in(opened).money[0].state == "done"


@pytest.mark.parametrize(
    ("endpoints", "where"),
    [
        ((ERP, ERP), "endpoints[1].name"),
        ((EndpointIn("x", "http://erp.example.com/"),), "endpoints[0].url"),
        ((EndpointIn("x", ERP.url, ("case.vanished",)),), "endpoints[0].types"),
    ],
)
def test_endpoints_that_cannot_work_are_refused_and_nothing_changes(
    services: FakeServices, endpoints: tuple[EndpointIn, ...], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put(services, *endpoints)
    assert refused.value.errors[0][0] == where
    assert (services.deliveries.known, services.secrets.endpoints) == ((), {})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://93.184.215.14/", "https"),
        ("https://127.0.0.1/", "public"),
        ("https://169.254.169.254/latest/meta-data/", "public"),
        ("https://10.1.2.3/", "public"),
        ("https://100.64.0.1/", "public"),
        ("https://[::1]/", "public"),
        ("https://[fd00:ec2::254]/", "public"),
        ("https://[::ffff:169.254.169.254]/", "public"),
        ("https://[64:ff9b::a9fe:a9fe]/", "public"),
        ("https://2130706433/", "public"),
        ("https://user:word@93.184.215.14/", "password"),
        ("https:///x", "host name"),
        ("https://93.184.215.14:99999/", "ort"),
    ],
)
def test_no_webhook_goes_to_private_metadata_or_plain_addresses(url: str, why: str) -> None:
    assert why in (HttpWebhookClient("prod").objection(url) or "")
    attempt = HttpWebhookClient("prod").post(url, {}, "{}", NOON)
    assert (attempt.status, attempt.accepted) == (None, False)


def test_a_public_address_is_allowed_and_the_local_stage_may_call_this_machine() -> None:
    assert HttpWebhookClient("prod").objection("https://93.184.215.14/hooks") is None
    assert HttpWebhookClient("local").objection("http://127.0.0.1:9999/hooks") is None


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that points elsewhere at the second look gains nothing: there is no second look."""
    looks = iter([[(2, 1, 6, "", ("93.184.215.14", 443))], [(2, 1, 6, "", ("169.254.169.254", 443))]])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: next(looks))
    reached: list[Any] = []

    def pool(_: Any, address: str, __: Any) -> Any:
        reached.append(address)
        raise OSError("far enough")

    monkeypatch.setattr("chalicelib.adapters.webhooks_out.webhook_client.pool", pool)
    HttpWebhookClient("prod").post("https://erp.example.com/", {}, "{}", NOON)
    assert reached == ["93.184.215.14"]


@pytest.mark.parametrize("wished", ["9" * 400, "²", "-5", "soon", "1.5"])
def test_a_wish_for_a_wait_that_is_none_is_not_kept(monkeypatch: pytest.MonkeyPatch, wished: str) -> None:
    class Answer:
        status = 503
        headers = {"Retry-After": wished}  # noqa: RUF012 - of one test

        def read(self, _: int) -> bytes:
            return b"later"

        def close(self) -> None:
            pass

    monkeypatch.setattr(HttpWebhookClient, "_send", lambda *_: Answer())
    attempt = HttpWebhookClient("local").post("http://127.0.0.1/", {}, "{}", NOON)
    assert (attempt.status, attempt.retry_after) == (503, None)


def test_an_endpoint_that_dribbles_its_answer_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.adapters.webhooks_out.webhook_client.MAX_SECONDS", 0.05)

    def dribble(*_: Any) -> None:
        threading.Event().wait(0.3)
        raise OSError("at last")

    monkeypatch.setattr(HttpWebhookClient, "_send", dribble)
    attempt = HttpWebhookClient("local").post("http://127.0.0.1/", {}, "{}", NOON)
    assert (attempt.status, attempt.answer) == (None, "no answer within 0.05 s")


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes_inside_ipv6_that_would_not_pass_by_itself(address: Any) -> None:
    import ipaddress

    if not is_public(address):
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)))
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address("::ffff:0:0")) + int(address)))
