"""Open a case, with a number that is easy to say on the phone."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.aftersales.case_flow import FLOW_OF, complete_claim
from chalicelib.domain.cases import events
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claims import History
from chalicelib.domain.flows.facts import FlowMoved, TaskOpened
from chalicelib.domain.flows.tasks import of_claim
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key, key_of, new_id, number_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.orders.merge_order import with_order_record
from chalicelib.usecases.orders.read_claim_history import read_claim_history
from chalicelib.usecases.ports.cases import IdempotencyRecord, NumberTaken, StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class OpenCaseServices(HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `open_case` uses."""


def open_case(
    services: "OpenCaseServices",
    shop: Shop,
    request: CaseRequest,
    *,
    idempotency: IdempotencyRecord | None = None,
    expect_new: bool = False,
    seen: StoredCase | None = None,
    committed: Callable[[list[Event]], object] = lambda _events: None,
) -> StoredCase:
    """Open the case, or give the case that is open already; with `expect_new` that raises Conflict.

    `seen` is the case as the caller has just read it. With `expect_new` the case is not read before it is written: the
    write fails if it exists. `committed`: as in `Conditions`.
    """
    key = seen.key if seen is not None else case_key(shop.id, request.external_id)
    if seen is None or seen.case is None:
        request = _with_history(services, shop, request)
    seen = StoredCase(key=key) if expect_new else seen
    for attempt in count():
        opening = _opening(shop, request, key, number_of(key, attempt))

        def decide(stored: StoredCase, opening: Event = opening) -> list[Event]:
            if stored.case is None:
                approval = _approval(services, shop, request, key)
                return [opening, *_typed(request, key), *approval, *_tasks(request, key)]
            if expect_new:
                raise Conflict(f"There is a case with external_id {request.external_id!r} already: {stored.case.id}.")
            return []

        try:
            conditions = Conditions(idempotency=idempotency, seen=seen, committed=committed)
            return append_events(services, shop, key, decide, conditions)
        except NumberTaken:
            continue
    raise AssertionError("numbers grow longer until one is free")


def _judged_flow(request: CaseRequest) -> FlowKind | None:
    """The kind of flow that the case starts with, if a claim is judged in it; complaints and imported cases have
    none."""
    kind = FLOW_OF.get(request.kind)
    return None if kind == "complaint" or request.historical else kind


def _with_history(services: "OpenCaseServices", shop: Shop, request: CaseRequest) -> CaseRequest:
    """The request with the order as it is stored, and with the claim history if there is a claim to judge."""
    order = request.order if request.historical else with_order_record(services, shop.id, request.order)
    request = request if order is request.order else replace(request, order=order)
    if _judged_flow(request) is None:
        return request
    history = read_claim_history(services, shop.id, request.order, request.customer, request.occurred_at)
    return replace(request, history=history if history != History() else None)


def _opening(shop: Shop, request: CaseRequest, key: str, number: str) -> Event:
    fact = CaseOpened(
        id=new_id(request.occurred_at, key),
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
        request.occurred_at, request.by, fact, "opened", key, receipt=request.receipt, claimed=request.claimed_at
    )
    return replace(opening, heard_at=request.received_at) if request.historical else opening


def _typed(request: CaseRequest, key: str) -> list[Event]:
    """How the case was typed, if it came without a type."""
    return [events.event(request.occurred_at, SYSTEM, request.typed, key, "typed")] if request.typed else []


def _approval(services: "OpenCaseServices", shop: Shop, request: CaseRequest, key: str) -> list[Event]:
    """The approval of the claim, if one of the shop's rules approves it."""
    kind = _judged_flow(request)
    if kind is None or request.typed is not None:  # what only words speak for approves nothing
        return []
    rules = rules_of(services, shop.id, shop.policy_version, shop.calendar_name)
    claim = complete_claim(request.claim, request.order)
    rulings = rules.judge(kind, claim, request.order, request.occurred_at, request.history)
    rule = approving_rule(kind, claim, request.order, request.segment, rulings, rules.policy.after_sales)
    if rule is None:
        return []
    return [events.event(request.occurred_at, SYSTEM, FlowMoved(move="approve", rule=rule), key, "approved by rule")]


def _tasks(request: CaseRequest, key: str) -> list[Event]:
    """The tasks that the reason of a claim makes necessary."""
    if request.historical or request.kind not in FLOW_OF or request.claim is None:
        return []
    opened_at = request.occurred_at
    tasks = [
        TaskOpened(
            task=new_id(opened_at, key_of("task", key, department)), department=department, title=title, due_at=due_at
        )
        for department, title, due_at in of_claim(request.claim.reason, opened_at)
    ]
    return [events.event(opened_at, SYSTEM, task, key, "task by rule", task.department) for task in tasks]
