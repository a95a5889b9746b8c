"""What finance is given to do about what statements say."""

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.settlement.coverage import PROOF_DAYS
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.matching import Outcome

WORDS = {
    "different": "账单金额与退款单不符 the statement says another amount",
    "ambiguous": "账单退款对应多笔,请核对 a payment fits several refunds",
    "reversed": "退款被退回,顾客未收到 the refund came back",
    "failed": "退款未成功,请查明 the refund failed",
    "unknown": "账单有退款而系统未登记 a refund nobody here knows",
}


def title_of(outcome: Outcome) -> str:
    """The title of the task an outcome makes."""
    return f"{WORDS[outcome.state]}: {_named(outcome.entry)}{f' ({outcome.money})' if outcome.money else ''}"[:500]


def title_of_unpaid(given: Compensation) -> str:
    """The title of the task for money that stands in no statement."""
    amount = f"{given.amount.amount} {given.amount.currency}"
    return f"{PROOF_DAYS} 天内账单中无此退款 in no statement of {PROOF_DAYS} days: {amount} ({given.id})"


def outcome_of(entry: Entry) -> str:
    """What is written behind a task that a statement answered."""
    return f"账单已证实 proven by a statement: {_named(entry)}"


def _named(entry: Entry) -> str:
    return f"{entry.amount.amount} {entry.amount.currency}, {entry.provider} {entry.id}"
