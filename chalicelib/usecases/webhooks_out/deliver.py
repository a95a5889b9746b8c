"""Webhooks out: an event becomes a delivery for each endpoint that wants it; each is tried until it is taken.

A try may be made twice when a worker dies in it; both carry the same `webhook-id`, by which the shop knows them. A
request for money that nobody took leaves the money `unknown`: it is asked after, never requested anew.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.compensation import find
from chalicelib.domain.flows.facts import MoneyFact, MoneyProposed, MoneyRequested
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.kernel.timestamps import SECOND, show
from chalicelib.domain.timers.due_timers import ask_after
from chalicelib.domain.webhooks_out.endpoint import (
    GONE,
    MAX_ATTEMPTS,
    Attempt,
    Delivery,
    Endpoint,
    after_attempt,
    outgoing_type,
    replayed,
    signing,
)
from chalicelib.usecases.cases.append_events import record
from chalicelib.usecases.ports import Later, Stored
from chalicelib.usecases.ports.services import Desk, shop_of

Show = Callable[[Event, str], dict[str, Any]]
"""How an event is shown outside."""


def plan_deliveries(desk: Desk, key: str, order: str, view: Show) -> list[str]:
    """Make a delivery of the event with this order for each endpoint that wants it; the ids of those that are new.

    The opening brings along what was told before it.
    """
    case = desk.cases.load(key).case
    if case is None or case.historical:
        return []
    told = desk.cases.events(key)
    event = next((one for one in told if one.order == order), None)
    if event is None:
        return []
    before = [one for one in told if one.seq < event.seq] if isinstance(event.fact, CaseOpened) else []
    endpoints = desk.deliveries.endpoints(case.shop)
    made = []
    for one in (event, *before):
        kind = outgoing_type(one.type)
        for endpoint in (each for each in endpoints if each.wants(kind)):
            delivery = _delivery(desk, case, one, kind, endpoint, view)
            if desk.deliveries.add(delivery):
                made.append(delivery.id)
    return made


def _delivery(desk: Desk, case: Case, event: Event, kind: str, endpoint: Endpoint, view: Show) -> Delivery:
    data = {
        "shop": case.shop,
        "case": case.id,
        "number": case.number,
        "external_id": case.external_id,
        "status": case.status,
        "event": view(event, case.id),
        **_money(desk, case, event),
    }
    body = {"type": kind, "timestamp": show(event.at), "data": data}
    now = desk.now()
    return Delivery(
        id=new_id(now, key_of("out", event.id, endpoint.name)),
        shop=case.shop,
        endpoint=endpoint.name,
        type=kind,
        whose=key_in(case.customer),
        case=case.id,
        event=event.id,
        body=msgspec.json.encode(body).decode(),
        at=now,
        money=event.fact.money if isinstance(event.fact, MoneyRequested) else None,
    )


def _money(desk: Desk, case: Case, event: Event) -> dict[str, Any]:
    """What a shop needs to pay, or to look up, in one piece."""
    if not isinstance(event.fact, MoneyFact | MoneyProposed):
        return {}
    given, key = find(case.money, event.fact.money), key_in(case.id)
    order = desk.cases.opening([key])[key].order
    return {"money": msgspec.to_builtins(given), "order": order.external_id if order else None}


def deliver(desk: Desk, key: str) -> Delivery | None:
    """Try a delivery whose time has come; what came of it, or None when there was nothing to do."""
    delivery, now = desk.deliveries.load(key), desk.now()
    if delivery is None or delivery.state != "waiting" or (delivery.next_at or 0) > now + SECOND:
        return None
    endpoint = next((one for one in desk.deliveries.endpoints(delivery.shop) if one.name == delivery.endpoint), None)
    if not desk.deliveries.claim(delivery, now):
        raise Later(f"delivery {delivery.id} is being tried by another worker")
    if not delivery.body:
        return _dropped(desk, delivery, "not sent: its content was erased")
    if delivery.money is not None and not _is_asked(desk, delivery, delivery.money):
        return _dropped(desk, delivery, "not sent: the money is not asked for any more")
    after = after_attempt(delivery, _try(desk, delivery, endpoint))
    desk.deliveries.settle(after, now)
    _follow(desk, after, endpoint)
    return after


def _is_asked(desk: Desk, delivery: Delivery, money: str) -> bool:
    """Whether the shop is still to be asked for this money."""
    case = desk.cases.load(key_in(delivery.case)).case
    given = find(case.money, money) if case else None
    return given is not None and given.state == "requested"


def _dropped(desk: Desk, delivery: Delivery, reason: str) -> Delivery:
    """What came too late: the money was paid, failed or became unknown meanwhile, or the person was forgotten."""
    why = Attempt(at=desk.now(), answer=reason)
    after = replace(delivery, state="failed", next_at=None, attempts=(*delivery.attempts, why)[-MAX_ATTEMPTS:])
    desk.deliveries.settle(after, desk.now())
    return after


def _try(desk: Desk, delivery: Delivery, endpoint: Endpoint | None) -> Attempt:
    from standardwebhooks import Webhook

    now = desk.now()
    if endpoint is None or endpoint.disabled_at is not None:
        return Attempt(at=now, status=GONE, answer="the endpoint was removed or is disabled")
    at = datetime.fromtimestamp(now // SECOND, UTC)
    secrets = signing(desk.secrets.endpoint_secrets(delivery.shop, endpoint.name)[endpoint.name], now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Aftercare",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(now // SECOND),
        "webhook-signature": " ".join(Webhook(one).sign(delivery.id, at, delivery.body) for one in secrets),
    }
    return desk.courier.post(endpoint.url, headers, delivery.body, now)


def _follow(desk: Desk, delivery: Delivery, endpoint: Endpoint | None) -> None:
    if delivery.state != "failed":
        return
    if delivery.attempts[-1].status == GONE and endpoint is not None and endpoint.disabled_at is None:
        desk.deliveries.disable(delivery.shop, replace(endpoint, disabled_at=desk.now()))
    if delivery.money is not None and not _is_taken_elsewhere(desk, delivery):
        _lose(desk, delivery, delivery.money)


def _is_taken_elsewhere(desk: Desk, delivery: Delivery) -> bool:
    """Whether another endpoint of the shop took the same event, or still may."""
    others = [one.name for one in desk.deliveries.endpoints(delivery.shop) if one.name != delivery.endpoint]
    found = (desk.deliveries.load(key_of("out", delivery.event, name)) for name in others)
    return any(one is not None and one.state != "failed" for one in found)


def _lose(desk: Desk, delivery: Delivery, money: str) -> None:
    """Nobody took the request: whether the shop pays is not known, and finance is to find out."""
    key, at = key_in(delivery.case), desk.now()
    why = f"the request could not be delivered to {delivery.endpoint}"

    def decide(stored: Stored) -> list[Event]:
        given = find(stored.case.money, money) if stored.case else None
        if stored.case is None or given is None or given.state != "requested":
            return []
        facts = ask_after(stored.case, given, at, why)
        return [events.event(at, SYSTEM, fact, key, "undelivered", delivery.id, str(n)) for n, fact in enumerate(facts)]

    record(desk, shop_of(desk, delivery.shop, fresh=False), key, decide)


def replay(desk: Desk, delivery: Delivery) -> Delivery:
    """Have a delivery tried anew, under the id it had. Conflict while it still waits, when it was erased, and when what
    it asks for is not asked for any more."""
    if delivery.state == "waiting":
        raise Conflict("This delivery is still being tried.")
    if not delivery.body:
        raise Conflict("What this delivery told of was erased.")
    if delivery.money is not None and not _is_asked(desk, delivery, delivery.money):
        raise Conflict("The money this delivery asks for is not asked for any more.")
    again = replayed(delivery, desk.now())
    desk.deliveries.settle(again, desk.now())
    return again
