"""Webhooks out: who gets which event, how it is signed, and how often it is tried."""

import json

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.flows.payloads import MoneyStep
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, SECOND_MS
from chalicelib.domain.webhooks_out.endpoint import RETRY_DELAYS_MS, Attempt, Delivery, EndpointIn, after_attempt
from chalicelib.usecases.aftersales.compensate import step_money
from chalicelib.usecases.cases.event_view import event_view
from chalicelib.usecases.ports.cases import RetryLater
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from chalicelib.usecases.webhooks_out.deliver import deliver, plan_deliveries, replay
from chalicelib.usecases.webhooks_out.manage_endpoints import rotate_secret
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.orders.money import BOUGHT, propose
from tests.support.shops.endpoints import ERP, put_endpoint

EVERYTHING = EndpointIn("lake", "https://lake.example.com/in?shop=demo")


def planned(services: FakeServices, place: int = -1) -> list[Delivery]:
    """The deliveries of one event of the case."""
    made = plan_deliveries(services, KEY, services.cases.events(KEY)[place].order, event_view)
    return [services.deliveries.stored[key_of_id(one)] for one in made]


def tried(services: FakeServices, delivery: Delivery) -> Delivery:
    after = deliver(services, key_of_id(delivery.id))
    assert after is not None
    return after


@pytest.fixture
def opened(services: FakeServices) -> FakeServices:
    put_endpoint(services, ERP, EVERYTHING)
    services.hook("case.requested", request(order=BOUGHT))
    return services


def test_an_opening_reaches_all_who_want_it_signed_so_that_the_scheme_verifies_it(services: FakeServices) -> None:
    secrets = put_endpoint(services, ERP, EVERYTHING)
    services.hook("case.requested", request())
    for delivery in planned(services, 0):
        assert tried(services, delivery).state == "delivered"
    assert {url for url, _, _ in services.webhook_client.posted} == {ERP.url, EVERYTHING.url}
    for (_, headers, body), name in zip(services.webhook_client.posted, ("erp", "lake"), strict=True):
        payload = Webhook(secrets[name]).verify(body, headers)
        assert (payload["type"], payload["data"]["number"]) == ("case.opened", case_in(services).number)
        assert payload["data"]["event"]["data"]["subject"] == "鞋子偏小"


def test_an_event_is_planned_once_and_a_historical_case_sends_nothing(opened: FakeServices) -> None:
    assert len(planned(opened, 0)) == 2
    assert planned(opened, 0) == []
    opened.hook("case.requested", request(external_id="old", historical=True), "old")
    old = next(key for key in opened.cases.stored if key != KEY)
    assert plan_deliveries(opened, old, "0", event_view) == []


def test_what_arrived_before_the_opening_goes_out_with_it(services: FakeServices) -> None:
    put_endpoint(services, EVERYTHING)
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
    assert {one.name: one.disabled_at for one in opened.deliveries.registered} == {"erp": opened.time, "lake": None}
    put_endpoint(opened, ERP)
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
    assert len(rotate_secret(opened, "demo", "erp")) == 3
    opened.time += DAY_MS + SECOND_MS
    opened.deliveries.settle(replay(opened, opened.deliveries.stored[key_of_id(delivery.id)]), opened.time)
    tried(opened, delivery)
    assert opened.webhook_client.posted[-1][1]["webhook-signature"].count("v1,") == 1


def test_a_delivery_to_an_endpoint_without_a_secret_is_tried_again_and_says_why(opened: FakeServices) -> None:
    delivery, _ = planned(opened, 0)
    secrets, opened.secrets.endpoints = opened.secrets.endpoints, {}
    attempted = deliver(opened, key_of_id(delivery.id))
    assert attempted is not None
    assert (attempted.state, "no secret yet" in attempted.attempts[-1].answer) == ("waiting", True)
    opened.secrets.endpoints = secrets
    opened.time = attempted.next_at or 0
    delivered = deliver(opened, key_of_id(delivery.id))
    assert delivered is not None
    assert delivered.state == "delivered"


def test_a_money_request_carries_all_a_shop_needs_and_becomes_unknown_when_nobody_takes_it(
    opened: FakeServices,
) -> None:
    put_endpoint(opened, ERP)
    money = propose(opened, "100.00", SHOE="100.00")
    step_money(opened, command(opened), money.id, "request", MoneyStep(), False)
    delivery = next(one for one in planned(opened) if one.endpoint == "erp")
    payload = json.loads(delivery.body)["data"]
    assert (payload["money"]["id"], payload["money"]["amount"], payload["order"]) == (
        money.id,
        {"amount": "100.00", "currency": "CNY"},
        "O-1",
    )
    opened.webhook_client.answers = [Attempt(at=0, status=410)]
    tried(opened, delivery)
    assert case_in(opened).money[0].state == "unknown"
    put_endpoint(opened, ERP)
    step_money(opened, command(opened), money.id, "ask", MoneyStep(), False)
    assert [one.type for one in planned(opened)] == ["money.unknown"]
    assert case_in(opened).money[0].state == "unknown"


def requested(services: FakeServices) -> tuple[str, dict[str, Delivery]]:
    """Money that the shop is asked to pay; its id, and the delivery to each endpoint."""
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
        replay(opened, opened.deliveries.stored[key_of_id(waiting.id)])


def test_a_request_that_another_worker_is_sending_is_not_dropped_under_its_hands(opened: FakeServices) -> None:
    money, deliveries = requested(opened)
    opened.deliveries.claimed.add(deliveries["erp"].id)  # it has been posted, and its worker has not come back yet
    step_money(opened, command(opened), money, "finish", MoneyStep(), False)
    with pytest.raises(RetryLater):
        deliver(opened, key_of_id(deliveries["erp"].id))
    assert opened.deliveries.stored[key_of_id(deliveries["erp"].id)].state == "waiting"


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


def test_a_webhook_out_whose_words_were_erased_is_not_posted() -> None:
    from chalicelib.domain.webhooks_out.endpoint import Delivery

    services = FakeServices()
    made = Delivery(id="0" * 26, shop="demo", endpoint="erp", type="case.opened", case="C", body="", at=NOON)
    services.deliveries.add(made)
    after = deliver(services, "0" * 16)
    assert after is not None
    assert (after.state, after.attempts[-1].answer) == ("failed", "not sent: its content was erased")
    assert services.webhook_client.posted == []
