"""What a case's flow does to the case: it waits for whom the flow waits for, and time moves both."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseEscalated, CaseResolved
from chalicelib.domain.flows import flow as flows
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.flow import Bought, Due, FlowItem
from chalicelib.domain.kernel.aftersales_enums import FlowKind, Turn
from chalicelib.domain.kernel.enums import TOP_TIER, CaseType, Status
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order

FLOW_OF: dict[CaseType, FlowKind] = {
    "return": "return",
    "exchange": "exchange",
    "repair": "repair",
    "refund": "refund",
    "complaint": "complaint",
}
"""Cases of these types carry their flow from the first moment; a reshipment is started on the case it mends."""
STATUS_OF: dict[Turn, Status] = {
    "customer": "waiting_customer",
    "carrier": "waiting_internal",
    "warehouse": "waiting_internal",
    "finance": "waiting_internal",
    "shop": "open",
}


MAX_PAST = 5  # flows before the present one, kept in the state


def start_flow(
    case: Case,
    kind: FlowKind,
    claim: Claim,
    at: Instant,
    rulings: tuple[Ruling, ...] = (),
    bought: Bought | None = None,
) -> Case:
    """The case with a flow at its beginning, and what spoke for and against the claim then."""
    if case.historical or (case.flow is not None and not case.flow.ended):
        return case
    flow = flows.start(kind, at, claim.reason, claim.items, claim.evidence)
    past = (*case.past_flows, *([case.flow] if case.flow else ()))[-MAX_PAST:]
    return replace(case, flow=replace(flow, rulings=rulings, bought=bought), past_flows=past)


def purchase_of(order: Order | None, at: Instant) -> Bought | None:
    """What the figures need to know of the order a claim is about; nothing of one that was not delivered by then."""
    order = order.as_of(at) if order else None
    return Bought(order.external_id, order.delivered_at) if order and order.delivered_at is not None else None


def complete_claim(claim: Claim | None, order: Order | None) -> Claim:
    """The claim, about all goods that were ordered when it names nothing."""
    claim = claim or Claim()
    items = [item for item in order.items if item.goods] or order.items if order else ()
    ordered = tuple(FlowItem(item.sku, item.quantity) for item in items)
    return claim if claim.items else replace(claim, items=ordered)


def apply_move(case: Case, fact: FlowMoved, at: Instant) -> Case:
    """The case after a move of its flow; the same case when its state does not allow it."""
    if case.flow is None:
        return case
    flow = flows.moved(case.flow, fact.move, fact.outcome, at)
    if flow is case.flow:
        return case
    if fact.rule is not None:
        flow = replace(flow, rule=fact.rule)
    if fact.move == "propose":
        flow = replace(flow, offer=fact.amount)
    sets_out = flow.state != case.flow.state  # a scan under way tells of a parcel that is known
    return replace(case, flow=flows.with_goods(flow, fact.items, fact.shipment if sets_out else None))


def apply_timeout(case: Case, fact: FlowTimedOut, at: Instant) -> Case:
    """The case after time did something to its flow."""
    if case.flow is None:
        return case
    return replace(case, flow=flows.timed_out(case.flow, Due(fact.due_at, fact.does), at))


def add_evidence(case: Case, evidence: str) -> Case:
    """The case with one more thing the customer showed."""
    if evidence in (case.evidence if case.flow is None else case.flow.evidence):
        return case
    if case.flow is None:
        return replace(case, evidence=(*case.evidence, evidence)[-flows.MAX_KEPT :])
    return replace(case, flow=replace(case.flow, evidence=(*case.flow.evidence, evidence)[-flows.MAX_KEPT :]))


def customer_replied(case: Case, at: Instant) -> Case:
    """The case after the customer answered what they were asked: whose turn it is begins to count anew."""
    if case.flow is None or case.flow.turn == "customer":
        return case
    return replace(case, flow=replace(case.flow, seen=at))


def status_of(case: Case) -> Status:
    """The status the flow's turn gives the case; its own when the flow says nothing."""
    if case.flow is None or case.flow.ended or case.done:
        return case.status
    return STATUS_OF[case.flow.turn]


def next_due(case: Case) -> Due | None:
    """What time does next to the case's flow; at the top there is no higher.

    It rests while the case is resolved, and while the customer was asked something though it is not their turn.
    """
    flow = case.flow
    if flow is None or case.done or (case.status == "waiting_customer" and flow.turn != "customer"):
        return None
    exhausted = flow.passed >= len(flow.table.states[flow.state].timeouts)
    return None if exhausted and case.tier >= TOP_TIER else flow.due


def resolution_of(before: Case | None, after: Case | None) -> CaseResolved | None:
    """What follows at once when a flow comes to its end: the case is resolved."""
    if after is None or after.flow is None or not after.flow.ended or after.done:
        return None
    if before is not None and before.flow is not None and before.flow.ended:
        return None  # it ended before, and the case was opened again since
    return CaseResolved(reason=f"{after.flow.kind} {after.flow.state}")


def escalation_of(before: Case | None, after: Case | None) -> CaseEscalated | None:
    """What follows at once when the customer refuses a proposal: the next tier looks at the complaint."""
    if before is None or before.flow is None or after is None or after.flow is None or after.tier >= TOP_TIER:
        return None
    if after.flow.ended or after.flow.refusals <= before.flow.refusals:
        return None
    return CaseEscalated(from_tier=after.tier, to_tier=after.tier + 1, reason="the customer refused what was proposed")


def accepted_offer(before: Case | None, after: Case | None) -> Money | None:
    """The money of a proposal that was accepted just now."""
    if before is None or before.flow is None or after is None or after.flow is None:
        return None
    accepted = (before.flow.state, after.flow.state) == ("proposed", "accepted")
    return after.flow.offer if accepted and after.flow.kind == "complaint" else None


def may_escalate(case: Case) -> bool:
    """Whether a flow that is late raises the case: not when it was raised already while the flow stood still."""
    flow = case.flow
    if flow is None or case.tier >= TOP_TIER:
        return False
    return case.escalated_at is None or case.escalated_at <= (flow.passed_at or flow.since)
