"""Entries of statements, and the refunds they prove."""

from decimal import Decimal
from typing import Any

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import Compensation, MoneyState, left_of
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant
from chalicelib.domain.orders.order import Refund
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.fitting import CaseMoney
from chalicelib.domain.settlement.matching import match
from chalicelib.usecases.orders.count_order_money import count_order_money
from chalicelib.usecases.settlement.settle_entries import settle_entries
from chalicelib.usecases.settlement.store_statement import store_entries
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.orders.money import propose, step

PAID_AT = NOON + 3 * HOUR_MS


def statement_entry(identifier: str = "E-1", amount: str = "100.00", paid_at: Instant = PAID_AT, **more: Any) -> Entry:
    """An entry of a statement: a refund by WeChat unless `more` says otherwise."""
    fields = {"provider": "wechat", "kind": "refund", "order": "O-1"} | more
    return Entry(id=identifier, amount=Money(amount, fields.pop("currency", "CNY")), at=paid_at, **fields)


def approved_money(
    identifier: str = "M-1", amount: str = "100.00", state: MoneyState = "requested", since: Instant = NOON, **more: Any
) -> CaseMoney:
    """A refund that agents approved."""
    case = more.pop("case", "C-1")
    return CaseMoney(
        case,
        Compensation(id=identifier, kind="refund", amount=Money(amount, "CNY"), by="mei", state=state, **more),
        since,
    )


def outcomes(
    entries: list[Entry], given: list[CaseMoney], by_platform: tuple[Refund, ...] = ()
) -> list[tuple[str, str | None]]:
    """The state of each entry after matching, and the money it proves."""
    return [(proof.state, proof.money) for proof in match(entries, given, by_platform)]


def store_and_settle(services: FakeServices, *entries: Entry) -> None:
    """A statement is uploaded, and its entries are settled."""
    store_entries(services, SHOP, entries)
    while services.settlements.new:
        settle_entries(services, "demo", *services.settlements.new.pop())


def lose_answer(services: FakeServices, amount: str = "100.00") -> Compensation:
    """Money that the shop was asked to pay without an answer."""
    given = propose(services, amount)
    step(services, given.id, "request")
    return step(services, given.id, "lose")


def money_state(services: FakeServices, identifier: str) -> str | None:
    """The state of an entry of a statement."""
    return next(row.state for row in services.settlements.stored.values() if row.entry.id == identifier)


def finance_tasks(case: Case) -> list[str]:
    """The titles of the open tasks for finance."""
    return [task.title for task in case.tasks if task.department == "finance" and task.open]


def room_left(services: FakeServices) -> Decimal:
    """How much of the order's 310.00 may still be refunded."""
    order = services.cases.opening([key_of_id(case_in(services).id)])[key_of_id(case_in(services).id)].order
    counted = count_order_money(services, "demo", order)
    assert counted.paid is not None
    return left_of(counted.paid, counted.given, counted.back.backs)
