"""Open a case, and give it the number people will say on the phone."""

from itertools import count
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.aftersales.flow_of_case import FLOW_OF, complete_claim
from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef
from chalicelib.domain.cases.payloads import CaseRequested, ProductReview
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.facts import FlowMoved, TaskOpened
from chalicelib.domain.flows.tasks import of_claim
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key as case_key
from chalicelib.domain.kernel.ids import key_of, new_id, number_of
from chalicelib.domain.kernel.timestamps import Instant, from_datetime, happened_at
from chalicelib.domain.orders.order import Order
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.orders.merge_order import with_order_record
from chalicelib.usecases.orders.read_claim_history import read_claim_history
from chalicelib.usecases.ports import IdempotencyRecord, NumberTaken, StoredCase
from chalicelib.usecases.ports.services import Services, rules_of


class Request(Struct, frozen=True, kw_only=True):
    """A case to be opened, whoever asks for it."""

    external_id: str
    kind: CaseType
    channel: Channel
    subject: str
    message: str
    customer: str
    language: str
    at: Instant
    by: Actor
    order: Order | None = None
    claim: Claim | None = None
    history: History | None = None
    priority: Priority = "normal"
    segment: str | None = None
    to_be_called: bool = False
    tags: tuple[str, ...] = ()
    historical: bool = False
    tier: int = 0
    first_reply_seconds: float | None = None
    score: int | None = None
    links: tuple[str, ...] = ()
    mail: MailRef | None = None
    receipt: str | None = None
    claimed_at: Instant | None = None
    """When it was asked for as it was told, where that lies ahead of `heard_at`."""
    heard_at: Instant | None = None


def open_case(
    services: Services,
    shop: Shop,
    request: Request,
    *,
    idempotency: IdempotencyRecord | None = None,
    expect_new: bool = False,
    seen: StoredCase | None = None,
) -> StoredCase:
    """Open the case, or find it open already. With `expect_new`, a case that exists is a Conflict.

    `seen` is the case as the caller has just read it. What is expected to be new is not looked for first: if it is
    there, the write finds out.
    """
    key = case_key(shop.id, request.external_id)
    if seen is None or seen.case is None:
        request = _with_history(services, shop, request)
    seen = StoredCase(key=key) if expect_new else seen
    for attempt in count():
        opening = _opening(shop, request, key, number_of(key, attempt))

        def decide(stored: StoredCase, opening: Event = opening) -> list[Event]:
            if stored.case is None:
                return [opening, *_approval(services, shop, request, key), *_tasks(request, key)]
            if expect_new:
                raise Conflict(f"There is a case with external_id {request.external_id!r} already: {stored.case.id}.")
            return []

        try:
            return append_events(services, shop, key, decide, idempotency=idempotency, seen=seen)
        except NumberTaken:
            continue
    raise AssertionError("numbers grow longer until one is free")


def _with_history(services: Services, shop: Shop, request: Request) -> Request:
    """The request with what is known of its order and customer, where a claim is judged by it."""
    kind = FLOW_OF.get(request.kind)
    order = with_order_record(services, shop.id, request.order) if not request.historical else request.order
    request = request if order is request.order else replace(request, order=order)
    if kind is None or kind == "complaint" or request.historical:
        return request
    known = read_claim_history(services, shop.id, request.order, request.customer, request.at)
    return replace(request, history=known if known != History() else None)


def _opening(shop: Shop, request: Request, key: str, number: str) -> Event:
    fact = CaseOpened(
        id=new_id(request.at, key),
        number=number,
        shop=shop.id,
        external_id=request.external_id,
        kind=request.kind,
        channel=request.channel,
        subject=request.subject,
        message=request.message,
        customer=request.customer,
        policy=shop.policy_version,
        calendar=shop.calendar_name,
        language=request.language,
        priority=request.priority,
        segment=request.segment,
        tags=(*(("call",) if request.to_be_called else ()), *request.tags),
        order=request.order,
        claim=request.claim,
        history=request.history,
        historical=request.historical,
        tier=request.tier,
        score=request.score,
        first_reply_seconds=request.first_reply_seconds,
        links=request.links,
        mail=request.mail,
    )
    opening = events.event(
        request.at, request.by, fact, "opened", key, receipt=request.receipt, claimed=request.claimed_at
    )
    return replace(opening, heard_at=request.heard_at) if request.historical else opening


def _approval(services: Services, shop: Shop, request: Request, key: str) -> list[Event]:
    """The move of the shop's rule that approves this claim, if there is one."""
    kind = FLOW_OF.get(request.kind)
    if kind is None or kind == "complaint" or request.historical:
        return []
    rules, claim = (
        rules_of(services, shop.id, shop.policy_version, shop.calendar_name),
        complete_claim(request.claim, request.order),
    )
    rulings = rules.judge(kind, claim, request.order, request.at, request.history)
    rule = approving_rule(kind, claim, request.order, request.segment, rulings, rules.policy.after_sales)
    if rule is None:
        return []
    return [events.event(request.at, SYSTEM, FlowMoved(move="approve", rule=rule), key, "approved by rule")]


def _tasks(request: Request, key: str) -> list[Event]:
    """The tasks a claim makes by rule."""
    if request.historical or request.kind not in FLOW_OF or request.claim is None:
        return []
    return [
        events.event(
            request.at,
            SYSTEM,
            TaskOpened(task=new_id(request.at, key_of("task", key, who)), department=who, title=title, due_at=due_at),
            key,
            "task by rule",
            who,
        )
        for who, title, due_at in of_claim(request.claim.reason, request.at)
    ]


def of_request(
    shop: Shop, data: CaseRequested, customer: Customer, by: Actor, now: Instant, receipt: str | None
) -> Request:
    """What `case.requested` and `POST /v1/cases` ask for."""
    return Request(
        external_id=data.external_id,
        kind=data.type,
        channel=data.channel,
        subject=data.subject,
        message=data.message,
        customer=customer.id,
        language=_language(data, customer, shop),
        by=by,
        **_times(data, now),
        order=data.order.order() if data.order else None,
        claim=data.claim.claim() if data.claim else None,
        priority=raised(data.priority, customer.care),
        historical=data.historical,
        receipt=receipt,
        segment=segment_of(customer),
        to_be_called=bool(customer.care),
    )


def of_review(shop: Shop, data: ProductReview, customer: Customer, now: Instant, receipt: str | None) -> Request:
    """What a low review asks for."""
    return Request(
        external_id=data.external_id,
        kind="review",
        channel="review",
        subject=f"★ {data.score}/5",
        message=data.text or "",
        customer=customer.id,
        language=_language(data, customer, shop),
        **_times(data, now),
        by=Actor("customer", customer.id),
        order=data.order.order() if data.order else None,
        historical=data.historical,
        score=data.score,
        receipt=receipt,
        segment=segment_of(customer),
        priority=raised("normal", customer.care),
        to_be_called=bool(customer.care),
    )


def segment_of(customer: Customer) -> str | None:
    """The segment rules and advisers go by."""
    return customer.segments.rfm if customer.segments else None


def _language(data: CaseRequested | ProductReview, customer: Customer, shop: Shop) -> str:
    return data.customer.language or customer.language or shop.locale


def _times(data: CaseRequested | ProductReview, now: Instant) -> dict[str, Any]:
    claimed = from_datetime(data.occurred_at) if data.occurred_at else None
    return {"at": happened_at(data.occurred_at, now), "claimed_at": claimed, "heard_at": now}
