"""Refunds and compensation in memory: an order that was bought, a proposal, and its steps."""

from hypothesis import strategies as st

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.validation import LineIn, MoneyIn
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in, command

PRICE = {"amount": "100.00", "currency": "CNY"}
BOUGHT = {
    "external_id": "O-1",
    "total": {"amount": "310.00", "currency": "CNY"},
    "items": [{"sku": "SHOE", "quantity": 2, "price": PRICE}, {"sku": "SOCK", "price": PRICE}],
}


def money_asked(amount: str, kind: str = "refund", **lines: str) -> MoneyAsked:
    """An agent's proposal in CNY; `lines` are amounts by SKU."""
    parts = tuple(LineIn(sku, part) for sku, part in lines.items())
    return MoneyAsked(kind=kind, amount=MoneyIn(amount, "CNY"), lines=parts)  # type: ignore[arg-type]


def propose(services: FakeServices, amount: str, by: Actor = MEI, kind: str = "refund", **lines: str) -> Compensation:
    """An agent proposes money for the case; the proposal."""
    propose_money(services, command(services, by), money_asked(amount, kind, **lines))
    return case_in(services).money[-1]


def step(services: FakeServices, money: str, name: str, by: Actor = MEI, second: bool = False) -> Compensation:
    """An agent takes the next step with proposed money; the money afterwards."""
    step_money(services, command(services, by), money, name, MoneyStep(), second)
    return next(given for given in case_in(services).money if given.id == money)


CURRENCIES = st.sampled_from(["CNY", "JPY", "KWD", "CLF"])
