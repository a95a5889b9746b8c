"""What an after-sales flow does to its case: the case waits for the same party as the flow, and time moves both."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import PROPOSAL_REFUSED, CaseEscalated, CaseResolved
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
"""Cases of these types have a flow from the start; a reshipment is started on the case that caused it."""
STATUS_OF: dict[Turn, Status] = {
    "customer": "waiting_customer",
    "carrier": "waiting_internal",
    "warehouse": "waiting_internal",
    "finance": "waiting_internal",
    "shop": "open",
}


MAX_PAST = 5  # how many earlier flows the state of a case keeps


def start_flow(
    case: Case,
    kind: FlowKind,
    claim: Claim,
    started_at: Instant,
    rulings: tuple[Ruling, ...] = (),
    bought: Bought | None = None,
) -> Case:
    """The case with a flow in its first state, and the reasons for and against the claim at that time."""
    if case.historical or (case.flow is not None and not case.flow.ended):
        return case
    flow = flows.start(kind, started_at, claim.reason, claim.items, claim.evidence)
    past = (*case.past_flows, *([case.flow] if case.flow else ()))[-MAX_PAST:]
    return replace(case, flow=replace(flow, rulings=rulings, bought=bought), past_flows=past)


def purchase_of(order: Order | None, claimed_at: Instant) -> Bought | None:
    """The purchase that return rates count a claim for; None when the order was not delivered by `claimed_at`."""
    order = order.as_of(claimed_at) if order else None
    return Bought(order.external_id, order.delivered_at) if order and order.delivered_at is not None else None


def complete_claim(claim: Claim | None, order: Order | None) -> Claim:
    """The claim; one that names no items is about all goods of the order."""
    claim = claim or Claim()
    if claim.items or order is None:
        return claim
    items = [item for item in order.items if item.goods] or order.items
    return replace(claim, items=tuple(FlowItem(item.sku, item.quantity) for item in items))


def apply_move(case: Case, fact: FlowMoved, moved_at: Instant) -> Case:
    """The case after a move of its flow; the same case when the flow's state does not allow the move."""
    if case.flow is None:
        return case
    flow = flows.moved(case.flow, fact.move, fact.outcome, moved_at)
    if flow is case.flow:
        return case
    if fact.rule is not None:
        flow = replace(flow, rule=fact.rule)
    if fact.move == "propose":
        flow = replace(flow, offer=fact.amount)
    is_new_shipment = flow.state != case.flow.state  # a scan on the way is about a parcel the flow has already
    return replace(case, flow=flows.with_goods(flow, fact.items, fact.shipment if is_new_shipment else None))


def apply_timeout(case: Case, fact: FlowTimedOut, timed_out_at: Instant) -> Case:
    """The case after a deadline of its flow passed: a reminder, an escalation or a move."""
    if case.flow is None:
        return case
    return replace(case, flow=flows.timed_out(case.flow, Due(fact.due_at, fact.does), timed_out_at))


def add_evidence(case: Case, evidence: str) -> Case:
    """The case with one more piece of evidence from the customer; each is added once."""
    if evidence in (case.evidence if case.flow is None else case.flow.evidence):
        return case
    if case.flow is None:
        return replace(case, evidence=(*case.evidence, evidence)[-flows.MAX_KEPT :])
    return replace(case, flow=replace(case.flow, evidence=(*case.flow.evidence, evidence)[-flows.MAX_KEPT :]))


def customer_replied(case: Case, replied_at: Instant) -> Case:
    """The case after the customer answered a question: the deadline of the present turn starts again."""
    if case.flow is None or case.flow.turn == "customer":
        return case
    return replace(case, flow=replace(case.flow, seen=replied_at))


def status_of(case: Case) -> Status:
    """The status that follows from whose turn it is in the flow; the case's own status without a running flow."""
    if case.flow is None or case.flow.ended or case.done:
        return case.status
    return STATUS_OF[case.flow.turn]


def resolution_of(before: Case | None, after: Case | None) -> CaseResolved | None:
    """The event that follows at once when a flow ends: the case is resolved."""
    if after is None or after.flow is None or not after.flow.ended or after.done:
        return None
    if before is not None and before.flow is not None and before.flow.ended:
        return None  # the flow had ended before this change, and the case was reopened since
    return CaseResolved(reason=f"{after.flow.kind} {after.flow.state}")


def escalation_of(before: Case | None, after: Case | None) -> CaseEscalated | None:
    """The event that follows at once when the customer refuses a proposal: the complaint goes to the next tier."""
    if before is None or before.flow is None or after is None or after.flow is None or after.tier >= TOP_TIER:
        return None
    if after.flow.ended or after.flow.refusals <= before.flow.refusals:
        return None
    return CaseEscalated(from_tier=after.tier, to_tier=after.tier + 1, reason=PROPOSAL_REFUSED)


def accepted_offer(before: Case | None, after: Case | None) -> Money | None:
    """The money of a complaint's proposal, when this change is its acceptance."""
    if before is None or before.flow is None or after is None or after.flow is None:
        return None
    accepted = (before.flow.state, after.flow.state) == ("proposed", "accepted")
    return after.flow.offer if accepted and after.flow.kind == "complaint" else None


def may_escalate(case: Case) -> bool:
    """Whether a late flow escalates its case: not when the case was escalated already since the flow last moved."""
    flow = case.flow
    if flow is None or case.tier >= TOP_TIER:
        return False
    return case.escalated_at is None or case.escalated_at <= (flow.passed_at or flow.since)
