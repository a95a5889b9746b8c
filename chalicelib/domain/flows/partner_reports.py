"""Reports of carriers, warehouses and payment services: which are valid, and the events they become."""

from chalicelib.domain.flows.facts import MoneyDone, MoneyFailed
from chalicelib.domain.flows.moves import fact_of
from chalicelib.domain.flows.payloads import PartnerReport
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

PARTNER_MOVES = {
    "shipment.scanned": "scan",
    "shipment.delivered": "deliver",
    "parcel.received": "receive",
    "inspection.done": "inspect",
    "replacement.sent": "send",
    "refund.completed": "complete",
}
"""The move that each type of report makes."""
INSPECTION_OUTCOMES = ("accepted", "partly_accepted", "refused")
REFUND_FAILED = "refund.failed"
PARTNER_TYPES = (*PARTNER_MOVES, REFUND_FAILED)


def check_partner(kind: str, report: PartnerReport) -> None:
    """`Invalid` if the id of money, a reference or an outcome is given where it has no meaning, or is missing where it
    is needed."""
    if kind == REFUND_FAILED and report.money is None:
        raise invalid("data.money", "is needed: the id of the money that was not paid")
    if kind == REFUND_FAILED and report.reason:
        raise invalid("data.reason", "is shown to customers, and they are not told about this: use note")
    if report.money is not None and not kind.startswith("refund."):
        raise invalid("data.money", f"is not of {kind!r}")
    if report.reference is not None and (kind != "refund.completed" or report.money is None):
        raise invalid("data.reference", "is of 'refund.completed' with 'money'")
    _check_outcome(kind, report)


def _check_outcome(kind: str, report: PartnerReport) -> None:
    is_inspection = kind == "inspection.done"
    outcomes: tuple[str | None, ...] = INSPECTION_OUTCOMES if is_inspection else (None,)
    if report.outcome not in outcomes:
        allowed = ", ".join(INSPECTION_OUTCOMES)
        raise invalid("data.outcome", f"is one of {allowed}" if is_inspection else f"is not of {kind!r}")


def facts_of(kind: str, report: PartnerReport, occurred_at: Instant) -> list[Fact]:
    """The facts of a report: about money, if it names some, and about the flow."""
    if kind == REFUND_FAILED:
        return [MoneyFailed(money=report.money or "", reason=report.note)]
    moved = fact_of(PARTNER_MOVES[kind], report, occurred_at)
    if kind == "refund.completed" and report.money is not None:
        return [MoneyDone(money=report.money, reference=report.reference), moved]
    return [moved]
