"""The tasks that statements give to the finance department."""

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
"""The title of the task for each outcome that makes one, in Chinese and English."""


def title_of(outcome: Outcome) -> str:
    """The title of the task for this outcome."""
    money = f" ({outcome.money})" if outcome.money else ""
    return f"{WORDS[outcome.state]}: {_describe(outcome.entry)}{money}"[:500]


def title_of_unpaid(given: Compensation) -> str:
    """The title of the task for money that no statement lists."""
    amount = f"{given.amount.amount} {given.amount.currency}"
    return f"{PROOF_DAYS} 天内账单中无此退款 in no statement of {PROOF_DAYS} days: {amount} ({given.id})"


def outcome_of(entry: Entry) -> str:
    """The result noted on a task that this entry answered."""
    return f"账单已证实 proven by a statement: {_describe(entry)}"


def _describe(entry: Entry) -> str:
    return f"{entry.amount.amount} {entry.amount.currency}, {entry.provider} {entry.id}"
