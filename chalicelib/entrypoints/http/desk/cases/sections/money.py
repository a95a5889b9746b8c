"""The money of a case and its order: what was paid, given and left; each compensation with its steps."""

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import LEADS_FROM, Compensation, left_of, left_of_line
from chalicelib.domain.kernel.money import Money, money_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.entrypoints.http.desk.cases.fact_details import SMALL_AMOUNT, rule_name

if TYPE_CHECKING:
    from chalicelib.entrypoints.http.callers import Caller
    from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator
    from chalicelib.usecases.orders.count_order_money import Counted

TONES = {"done": "good", "failed": "late", "unknown": "soon", "proposed": "soon"}
BY_SECOND_PERSON = ("approve", "decline")
RECORDS = ("lose", "fail", "finish")
"""Steps that only record what the payment system did: they do nothing, and cannot be taken back."""


class GivenMoney(Struct, frozen=True, kw_only=True):
    """A compensation. `steps`: those that may be taken now; `records`: what can be recorded of its payment; `why_not`:
    why approving is not for this reader; `asked_at`: when the shop was asked to pay it, while that is unanswered."""

    id: str
    kind: str
    amount: str
    state: str
    tone: str
    by: str
    approved: str
    reason: str
    lines: list[str]
    done_at: Instant | None
    proven: bool
    asked_at: Instant | None
    steps: list[str]
    records: list[str]
    why_not: str


class MoneyLine(Struct, frozen=True):
    """An item of the order: what was paid for it and what is left."""

    sku: str
    title: str
    paid: str
    left: str


class MoneySection(Struct, frozen=True, kw_only=True):
    """The money as the page shows it. `refusal`: why nothing can be proposed; empty if it can."""

    paid_amount: str
    left: str
    left_amount: str
    currency: str
    is_nothing_left: bool
    lines: list[MoneyLine]
    given: list[GivenMoney]
    outside: list[str]
    unknown: str
    refusal: str


def money_section(narrator: "Narrator", case: Case, counted: "Counted", caller: "Caller") -> MoneySection:
    """The money of a case, for this member of staff."""
    words, paid = narrator.words, counted.paid
    left = max(left_of(paid, counted.given, counted.back.backs), Decimal(0)) if paid else None
    left_money = money_of(left, paid.total.currency) if paid and left is not None else None
    return MoneySection(
        paid_amount=words.amount(paid.total) if paid else "",
        left=words.money(left_money) if left_money else "",
        left_amount=left_money.amount if left_money else "",
        currency=paid.total.currency if paid else next((money.amount.currency for money in case.money), "CNY"),
        is_nothing_left=left is not None and left <= 0,
        lines=_lines(narrator, counted),
        given=[_given(narrator, money, caller) for money in case.money],
        outside=_outside(narrator, counted),
        unknown="" if paid else words.say("money.unknown_paid" if counted.order else "money.no_order"),
        refusal=words.say("money.why.historical") if case.historical else "",
    )


def _lines(narrator: "Narrator", counted: "Counted") -> list[MoneyLine]:
    paid = counted.paid
    if paid is None:
        return []
    _words, currency = narrator.words, paid.total.currency
    whole = left_of(paid, counted.given, counted.back.backs)
    titles = {item.sku: item.title or "" for item in counted.order.items} if counted.order else {}
    lines = []
    for sku, amount in paid.lines.items():
        left = max(min(whole, left_of_line(paid, sku, counted.given, counted.back.backs)), Decimal(0))
        shown = [money_of(value, currency).amount for value in (amount, left)]
        lines.append(MoneyLine(sku, titles.get(sku, ""), *shown))
    return lines


def _given(narrator: "Narrator", money: Compensation, caller: "Caller") -> GivenMoney:
    words = narrator.words
    why_not, steps = _why_not(narrator, money, caller), open_steps(money)
    return GivenMoney(
        id=money.id,
        kind=words.named("money.kind", money.kind),
        amount=words.money(money.amount),
        state=words.named("money.state", money.state),
        tone=TONES.get(money.state, ""),
        by=words.say("money.by", who=narrator.person(money.by) or words.named("entry", money.by)),
        approved=_approved(narrator, money.approved_by),
        reason=money.reason or "",
        lines=[
            words.labelled(line.sku, words.amount(Money(line.amount, money.amount.currency))) for line in money.lines
        ],
        done_at=money.done_at,
        proven=money.proof is not None,
        asked_at=money.requested_at if money.state == "requested" else None,
        steps=[step for step in steps if step not in RECORDS and not (why_not and step in BY_SECOND_PERSON)],
        records=[step for step in steps if step in RECORDS],
        why_not=why_not,
    )


def _approved(narrator: "Narrator", by: str | None) -> str:
    """Who approved it, or by which rule that happened."""
    if not by:
        return ""
    if by.startswith(SMALL_AMOUNT):
        return rule_name(narrator.words, by)
    return narrator.words.say("money.approved_by", who=narrator.person(by))


def open_steps(money: Compensation) -> list[str]:
    """The steps that the state of this money allows. Asking again is offered for unknown money alone."""
    from chalicelib.usecases.aftersales.compensate import STEPS

    allowed = [step for step, (state, _) in STEPS.items() if money.state in LEADS_FROM[state]]
    return [step for step in allowed if step != ("lose" if money.state == "unknown" else "ask")]


def _why_not(narrator: "Narrator", money: Compensation, caller: "Caller") -> str:
    """Why this reader may not approve or decline it; empty if they may, or if nobody has to."""
    if not {*open_steps(money)} & {*BY_SECOND_PERSON}:
        return ""
    is_own = money.by == caller.name
    if caller.is_second_person and not is_own:
        return ""
    if money.state != "proposed":
        return narrator.words.say("money.why.decline")
    return narrator.words.say("money.why.own" if is_own else "money.why.supervisor")


def _outside(narrator: "Narrator", counted: "Counted") -> list[str]:
    """Refunds and disputes of the order that did not come from its cases."""
    record, words = counted.record, narrator.words
    if record is None:
        return []
    ours = counted.back.ours
    refunds = [
        words.labelled(words.say("money.elsewhere"), _shown(narrator, refund.amount))
        + f" ({words.named('money.refund_state', refund.state)})"
        for refund in record.reported_refunds
        if refund.id not in ours and refund.money is None
    ]
    disputes = [
        words.labelled(words.say("money.dispute"), _shown(narrator, dispute.amount))
        + f" ({words.named('money.dispute_state', dispute.state)})"
        for dispute in record.disputes
    ]
    return refunds + disputes


def _shown(narrator: "Narrator", amount: Money) -> str:
    return narrator.words.money(amount).strip()
