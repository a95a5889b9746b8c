"""Webhooks out: an event becomes a delivery for each endpoint that wants it; each is tried until it is taken.

A try may be made twice when a worker dies in it; both carry the same `webhook-id`, by which the shop knows them. A
request for money that nobody took leaves the money `unknown`: it is asked after, never requested anew.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

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
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import SECOND_MS, format_instant
from chalicelib.domain.webhooks_out.endpoint import (
    GONE,
    MAX_ATTEMPTS,
    Attempt,
    Delivery,
    Endpoint,
    after_attempt,
    public_event_type,
    replayed,
    signing,
)
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import RetryLater, StoredCase
from chalicelib.usecases.ports.services import Services, shop_of

Show = Callable[[Event, str], dict[str, Any]]
"""How an event is shown outside."""


def plan_deliveries(services: Services, key: str, order: str, view: Show) -> list[str]:
    """Make a delivery of the event with this order for each endpoint that wants it; the ids of those that are new.

    The opening brings along what was told before it.
    """
    case = services.cases.load(key).case
    if case is None or case.historical:
        return []
    told = services.cases.events(key)
    event = next((one for one in told if one.order == order), None)
    if event is None:
        return []
    before = [one for one in told if one.seq < event.seq] if isinstance(event.fact, CaseOpened) else []
    endpoints = services.deliveries.endpoints(case.shop)
    made = []
    for one in (event, *before):
        kind = public_event_type(one.type)
        for endpoint in (each for each in endpoints if each.wants(kind)):
            delivery = _delivery(services, case, one, kind, endpoint, view)
            if services.deliveries.add(delivery):
                made.append(delivery.id)
    return made


def _delivery(services: Services, case: Case, event: Event, kind: str, endpoint: Endpoint, view: Show) -> Delivery:
    data = {
        "shop": case.shop,
        "case": case.id,
        "number": case.number,
        "external_id": case.external_id,
        "status": case.status,
        "event": view(event, case.id),
        **_money(services, case, event),
    }
    body = {"type": kind, "timestamp": format_instant(event.at), "data": data}
    now = services.now()
    return Delivery(
        id=new_id(now, key_of("out", event.id, endpoint.name)),
        shop=case.shop,
        endpoint=endpoint.name,
        type=kind,
        whose=key_of_id(case.customer),
        case=case.id,
        event=event.id,
        body=msgspec.json.encode(body).decode(),
        at=now,
        money=event.fact.money if isinstance(event.fact, MoneyRequested) else None,
    )


def _money(services: Services, case: Case, event: Event) -> dict[str, Any]:
    """What a shop needs to pay, or to look up, in one piece."""
    if not isinstance(event.fact, MoneyFact | MoneyProposed):
        return {}
    given, key = find(case.money, event.fact.money), key_of_id(case.id)
    order = services.cases.opening([key])[key].order
    return {"money": msgspec.to_builtins(given), "order": order.external_id if order else None}


def deliver(services: Services, key: str) -> Delivery | None:
    """Try a delivery whose time has come; what came of it, or None when there was nothing to do."""
    delivery, now = services.deliveries.load(key), services.now()
    if delivery is None or delivery.state != "waiting" or (delivery.next_at or 0) > now + SECOND_MS:
        return None
    endpoint = next(
        (one for one in services.deliveries.endpoints(delivery.shop) if one.name == delivery.endpoint), None
    )
    if not services.deliveries.claim(delivery, now):
        raise RetryLater(f"delivery {delivery.id} is being tried by another worker")
    if not delivery.body:
        return _dropped(services, delivery, "not sent: its content was erased")
    if delivery.money is not None and not _is_asked(services, delivery, delivery.money):
        return _dropped(services, delivery, "not sent: the money is not asked for any more")
    after = after_attempt(delivery, _try(services, delivery, endpoint))
    services.deliveries.settle(after, now)
    _follow(services, after, endpoint)
    return after


def _is_asked(services: Services, delivery: Delivery, money: str) -> bool:
    """Whether the shop is still to be asked for this money."""
    case = services.cases.load(key_of_id(delivery.case)).case
    given = find(case.money, money) if case else None
    return given is not None and given.state == "requested"


def _dropped(services: Services, delivery: Delivery, reason: str) -> Delivery:
    """What came too late: the money was paid, failed or became unknown meanwhile, or the person was forgotten."""
    why = Attempt(at=services.now(), answer=reason)
    after = replace(delivery, state="failed", next_at=None, attempts=(*delivery.attempts, why)[-MAX_ATTEMPTS:])
    services.deliveries.settle(after, services.now())
    return after


def _try(services: Services, delivery: Delivery, endpoint: Endpoint | None) -> Attempt:
    from standardwebhooks import Webhook

    now = services.now()
    if endpoint is None or endpoint.disabled_at is not None:
        return Attempt(at=now, status=GONE, answer="the endpoint was removed or is disabled")
    at = datetime.fromtimestamp(now // SECOND_MS, UTC)
    secrets = signing(services.secrets.endpoint_secrets(delivery.shop, endpoint.name)[endpoint.name], now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Aftercare",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(now // SECOND_MS),
        "webhook-signature": " ".join(Webhook(one).sign(delivery.id, at, delivery.body) for one in secrets),
    }
    return services.webhook_client.post(endpoint.url, headers, delivery.body, now)


def _follow(services: Services, delivery: Delivery, endpoint: Endpoint | None) -> None:
    if delivery.state != "failed":
        return
    if delivery.attempts[-1].status == GONE and endpoint is not None and endpoint.disabled_at is None:
        services.deliveries.disable(delivery.shop, replace(endpoint, disabled_at=services.now()))
    if delivery.money is not None and not _is_taken_elsewhere(services, delivery):
        _lose(services, delivery, delivery.money)


def _is_taken_elsewhere(services: Services, delivery: Delivery) -> bool:
    """Whether another endpoint of the shop took the same event, or still may."""
    others = [one.name for one in services.deliveries.endpoints(delivery.shop) if one.name != delivery.endpoint]
    found = (services.deliveries.load(key_of("out", delivery.event, name)) for name in others)
    return any(one is not None and one.state != "failed" for one in found)


def _lose(services: Services, delivery: Delivery, money: str) -> None:
    """Nobody took the request: whether the shop pays is not known, and finance is to find out."""
    key, at = key_of_id(delivery.case), services.now()
    why = f"the request could not be delivered to {delivery.endpoint}"

    def decide(stored: StoredCase) -> list[Event]:
        given = find(stored.case.money, money) if stored.case else None
        if stored.case is None or given is None or given.state != "requested":
            return []
        facts = ask_about_payment(stored.case, given, at, why)
        return [events.event(at, SYSTEM, fact, key, "undelivered", delivery.id, str(n)) for n, fact in enumerate(facts)]

    append_events(services, shop_of(services, delivery.shop, fresh=False), key, decide)


def replay(services: Services, delivery: Delivery) -> Delivery:
    """Have a delivery tried anew, under the id it had. Conflict while it still waits, when it was erased, and when what
    it asks for is not asked for any more."""
    if delivery.state == "waiting":
        raise Conflict("This delivery is still being tried.")
    if not delivery.body:
        raise Conflict("What this delivery told of was erased.")
    if delivery.money is not None and not _is_asked(services, delivery, delivery.money):
        raise Conflict("The money this delivery asks for is not asked for any more.")
    again = replayed(delivery, services.now())
    services.deliveries.settle(again, services.now())
    return again
