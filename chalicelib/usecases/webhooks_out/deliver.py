"""Webhooks out: an event becomes a delivery for each endpoint that receives its type, which is retried until accepted.

An attempt may be made twice when a worker dies during it; both have the same `webhook-id`, so the shop can recognize
that. A request to pay money that no endpoint accepted makes the money `unknown`: finance checks whether it was paid,
and it is never requested again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.aftersales.timers import ask_about_payment
from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.compensation import find
from chalicelib.domain.flows.facts import MoneyFact, MoneyProposed, MoneyRequested
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import SECOND_MS, format_instant
from chalicelib.domain.webhooks_out.endpoint import (
    GONE,
    MAX_ATTEMPTS,
    TEST,
    Attempt,
    Delivery,
    Endpoint,
    active_secrets,
    after_attempt,
    public_event_type,
    replayed,
)
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports.cases import RetryLater, StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasDeliveries,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasWebhookClient,
    )

    class DeliverServices(
        HasCases, HasClock, HasDeliveries, HasRegistries, HasSecrets, HasShops, HasWebhookClient, Protocol
    ):
        """The services that `deliver` uses."""


NOBODYS = "tests"
"""The name of the key that encrypts deliveries without a person: tests."""
EventView = Callable[[Event, str], dict[str, Any]]
"""Shows an event of the case with this id as the API does."""


def plan_deliveries(services: "DeliverServices", key: str, order: str, view: EventView) -> list[str]:
    """Create a delivery of the event with this order for each endpoint that receives it; the ids of the new ones.

    When the event opens the case, the events that arrived before it are delivered with it.
    """
    case = services.cases.load(key).case
    if case is None or case.historical:
        return []
    event = next(iter(services.cases.events_at(key, [order])), None)
    if event is None or event.fact.internal:
        return []
    is_opening = isinstance(event.fact, CaseOpened) and event.seq > 1
    earlier = [other for other in services.cases.events(key) if other.seq < event.seq] if is_opening else []
    earlier = [other for other in earlier if not other.fact.internal]
    endpoints = services.deliveries.endpoints(case.shop)
    created = []
    for outgoing in (event, *earlier):
        event_type = public_event_type(outgoing.type)
        for endpoint in (endpoint for endpoint in endpoints if endpoint.wants(event_type)):
            delivery = _create_delivery(services, case, outgoing, endpoint, view)
            if services.deliveries.add(delivery):
                created.append(delivery.id)
    return created


def _create_delivery(
    services: "DeliverServices", case: Case, event: Event, endpoint: Endpoint, view: EventView
) -> Delivery:
    event_type = public_event_type(event.type)
    data = {
        "shop": case.shop,
        "case": case.id,
        "number": case.number,
        "external_id": case.external_id,
        "status": case.status,
        "event": view(event, case.id),
        **_money_data(services, case, event),
    }
    body = {"type": event_type, "timestamp": format_instant(event.at), "data": data}
    now = services.now()
    return Delivery(
        id=new_id(now, key_of("out", event.id, endpoint.name)),
        shop=case.shop,
        endpoint=endpoint.name,
        type=event_type,
        whose=key_of_id(case.customer),
        case=case.id,
        event=event.id,
        body=msgspec.json.encode(body).decode(),
        at=now,
        money=event.fact.money if isinstance(event.fact, MoneyRequested) else None,
    )


def _money_data(services: "DeliverServices", case: Case, event: Event) -> dict[str, Any]:
    """The money of the event and the id of its order, so that the shop can pay without asking the API for them."""
    if not isinstance(event.fact, MoneyFact | MoneyProposed):
        return {}
    given = find(case.money, event.fact.money)
    key = key_of_id(case.id)
    order = services.cases.opening([key])[key].order
    return {"money": msgspec.to_builtins(given), "order": order.external_id if order else None}


def deliver(services: "DeliverServices", key: str) -> Delivery | None:
    """Attempt a delivery that is due; the delivery after it, or None when nothing is due. RetryLater while another
    worker attempts it."""
    delivery = services.deliveries.load(key)
    now = services.now()
    if delivery is None or delivery.state != "waiting" or (delivery.next_at or 0) > now + SECOND_MS:
        return None
    endpoints = services.deliveries.endpoints(delivery.shop)
    endpoint = next((endpoint for endpoint in endpoints if endpoint.name == delivery.endpoint), None)
    if not services.deliveries.reserve(delivery, now):
        raise RetryLater(f"delivery {delivery.id} is being tried by another worker")
    if not delivery.body:
        return _cancel(services, delivery, "not sent: its content was erased")
    if delivery.money is not None and not _is_still_requested(services, delivery, delivery.money):
        return _cancel(services, delivery, "not sent: the money is not asked for any more")
    attempted = after_attempt(delivery, _attempt(services, delivery, endpoint))
    services.deliveries.settle(attempted, now)
    _handle_failure(services, attempted, endpoint)
    return attempted


def _is_still_requested(services: "DeliverServices", delivery: Delivery, money: str) -> bool:
    """Whether the shop is still to pay this money."""
    case = services.cases.load(key_of_id(delivery.case)).case
    given = find(case.money, money) if case else None
    return given is not None and given.state == "requested"


def _cancel(services: "DeliverServices", delivery: Delivery, reason: str) -> Delivery:
    """End a delivery that must not be sent any more: its money was paid, failed or became unknown, or its customer was
    erased."""
    attempt = Attempt(at=services.now(), answer=reason)
    attempts = (*delivery.attempts, attempt)[-MAX_ATTEMPTS:]
    cancelled = replace(delivery, state="failed", next_at=None, attempts=attempts)
    services.deliveries.settle(cancelled, services.now())
    return cancelled


def _attempt(services: "DeliverServices", delivery: Delivery, endpoint: Endpoint | None) -> Attempt:
    from standardwebhooks import Webhook

    now = services.now()
    if endpoint is None or endpoint.disabled_at is not None:
        return Attempt(at=now, status=GONE, answer="the endpoint was removed or is disabled")
    stored = services.secrets.endpoint_secrets(delivery.shop, endpoint.name).get(endpoint.name, ())
    secrets = active_secrets(stored, now)
    if not secrets:
        return Attempt(at=now, answer="the endpoint has no secret yet: save it again if this stays so")
    signed_at = datetime.fromtimestamp(now // SECOND_MS, UTC)
    signatures = [Webhook(secret).sign(delivery.id, signed_at, delivery.body) for secret in secrets]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Aftercare",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(now // SECOND_MS),
        "webhook-signature": " ".join(signatures),
    }
    return services.webhook_client.post(endpoint.url, headers, delivery.body, now)


def send_test(services: "DeliverServices", shop_id: str, name: str, key: str) -> Delivery:
    """Have a test delivered to an endpoint as any event would be, signed and with retries; with the same key only once.
    Its `data` says that it is a test, and names no case. NotFound without the endpoint, Conflict if it is disabled."""
    shop_of(services, shop_id)
    endpoint = next((each for each in services.deliveries.endpoints(shop_id) if each.name == name), None)
    if endpoint is None:
        raise NotFound(f"There is no endpoint {name!r}.")
    if endpoint.disabled_at is not None:
        raise Conflict("This endpoint is disabled: save it again, which enables it.")
    now = services.now()
    body = {"type": TEST, "timestamp": format_instant(now), "data": {"shop": shop_id, "endpoint": name, "test": True}}
    delivery = Delivery(
        id=new_id(now, key_of("test", shop_id, name, key)),
        shop=shop_id,
        endpoint=name,
        type=TEST,
        case="",
        body=msgspec.json.encode(body).decode(),
        at=now,
        whose=NOBODYS,
    )
    if services.deliveries.add(delivery):
        return delivery
    return services.deliveries.load(key_of_id(delivery.id)) or delivery


def _handle_failure(services: "DeliverServices", delivery: Delivery, endpoint: Endpoint | None) -> None:
    """After a failed delivery: disable an endpoint that answered 410, and have finance check money it requested."""
    if delivery.state != "failed":
        return
    if delivery.attempts[-1].status == GONE and endpoint is not None and endpoint.disabled_at is None:
        services.deliveries.disable(delivery.shop, replace(endpoint, disabled_at=services.now()))
    if delivery.money is not None and not _may_reach_another_endpoint(services, delivery):
        _mark_money_unknown(services, delivery, delivery.money)


def _may_reach_another_endpoint(services: "DeliverServices", delivery: Delivery) -> bool:
    """Whether another endpoint of the shop has accepted the same event, or still may."""
    endpoints = services.deliveries.endpoints(delivery.shop)
    names = [endpoint.name for endpoint in endpoints if endpoint.name != delivery.endpoint]
    deliveries = (services.deliveries.load(key_of("out", delivery.event, name)) for name in names)
    return any(other is not None and other.state != "failed" for other in deliveries)


def _mark_money_unknown(services: "DeliverServices", delivery: Delivery, money: str) -> None:
    """No endpoint accepted the request: it is not known whether the shop pays, so finance gets a task to check."""
    key = key_of_id(delivery.case)
    occurred_at = services.now()
    reason = f"the request could not be delivered to {delivery.endpoint}"

    def decide(stored: StoredCase) -> list[Event]:
        given = find(stored.case.money, money) if stored.case else None
        if stored.case is None or given is None or given.state != "requested":
            return []
        facts = ask_about_payment(stored.case, given, occurred_at, reason)
        return [
            events.event(occurred_at, SYSTEM, fact, key, "undelivered", delivery.id, str(number))
            for number, fact in enumerate(facts)
        ]

    append_events(services, shop_of(services, delivery.shop, fresh=False), key, decide)


def replay(services: "DeliverServices", delivery: Delivery) -> Delivery:
    """Have a delivery attempted again, with the same id. Conflict while it is still retried, when its content was
    erased, and when the money it requests is not to be paid any more."""
    if delivery.state == "waiting":
        raise Conflict("This delivery is still being tried.")
    if not delivery.body:
        raise Conflict("The content of this delivery was erased.")
    if delivery.money is not None and not _is_still_requested(services, delivery, delivery.money):
        raise Conflict("The money this delivery asks for is not asked for any more.")
    waiting = replayed(delivery, services.now())
    services.deliveries.settle(waiting, services.now())
    return waiting
