"""A customer accepted the amount that was offered for their complaint: propose it as a compensation, once."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.compensation import find
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.payloads import MoneyAsked
from chalicelib.domain.flows.tasks import find as find_task
from chalicelib.domain.flows.tasks import of_offer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.usecases.aftersales.compensate import propose_money
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class CompensateAcceptedOfferServices(
        HasAgents, HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops, Protocol
    ):
        """The services that `compensate_accepted_offer` uses."""


def compensate_accepted_offer(services: "CompensateAcceptedOfferServices", key: str) -> StoredCase | None:
    """Propose the accepted amount as goodwill. When too little is left of what was paid, it becomes a task for finance
    instead, because it was promised. None when no offer was accepted."""
    stored = services.cases.load(key)
    case = stored.case
    accepted = case.flow.reached("accepted") if case and case.flow else None
    if case is None or case.flow is None or case.flow.offer is None or accepted is None:
        return None
    offer = case.flow.offer
    money = new_id(accepted, key_of("offer", key, str(accepted)))
    command = Command(case=case.id, shop=case.shop, by=SYSTEM, seen=stored)
    proposal = MoneyAsked(kind="goodwill", amount=MoneyIn(offer.amount, offer.currency), reason="accepted proposal")
    try:
        return propose_money(services, command, proposal, money)
    except (Conflict, Invalid) as error:
        return _open_task(services, command, money, offer, str(error))


def _open_task(
    services: "CompensateAcceptedOfferServices", command: Command, money: str, offer: Money, why: str
) -> StoredCase:
    def decide(case: Case) -> list[Fact]:
        if find(case.money, money) is not None or find_task(case.tasks, money) is not None:
            return []
        department, title, due_at = of_offer(services.now(), offer, why)
        return [TaskOpened(task=money, department=department, title=title, due_at=due_at)]

    return handle(services, command, decide)
