"""Automatic approval: the rules of a shop name the claims that no person has to check. No rule refuses a claim."""

from decimal import Decimal

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility import value_of
from chalicelib.domain.flows.eligibility_reasons import Ruling, eligible
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.policies import AfterSales, AutoApproval


def approving_rule(
    kind: FlowKind,
    claim: Claim,
    order: Order | None,
    segment: str | None,
    rulings: tuple[Ruling, ...],
    rules: AfterSales,
) -> str | None:
    """The name of the first rule that approves this claim; None if a person must decide.

    Nothing may speak against the claim or ask for a review, and enough must be known about it.
    """
    if not eligible(rulings) or any(ruling.weight == "review" for ruling in rulings):
        return None
    return next((rule.name for rule in rules.auto_approve if _fits(rule, kind, claim, order, segment)), None)


def _fits(rule: AutoApproval, kind: FlowKind, claim: Claim, order: Order | None, segment: str | None) -> bool:
    return (
        rule.kind in (None, kind)
        and rule.reason in (None, claim.reason)
        and rule.segment in (None, segment)
        and (not rule.needs_evidence or bool(claim.evidence))
        and (rule.max_value is None or value_of(claim, order, rule.currency) <= Decimal(rule.max_value))
    )
