"""Staff start the after-sales flow of a case and make its moves, also on behalf of the customer or a partner."""

from typing import TYPE_CHECKING

from chalicelib.domain.aftersales.case_flow import complete_claim, purchase_of
from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.facts import FlowStarted
from chalicelib.domain.flows.moves import check_move, fact_of
from chalicelib.domain.flows.payloads import FlowStart, MoveIn
from chalicelib.domain.kernel.aftersales_enums import Mover
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.orders.merge_order import current_order
from chalicelib.usecases.orders.read_claim_history import read_claim_history
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class TransitionFlowServices(
        HasAgents, HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol
    ):
        """The services that `transition_flow` uses."""


STAFF_MAY: tuple[Mover, ...] = ("staff", "customer", "partner")
"""Staff record what a customer says on the phone, and what a carrier or a warehouse reports by other channels."""


def start_flow(services: "TransitionFlowServices", command: Command, start: FlowStart) -> StoredCase:
    """Start a flow on a case that has none, or whose last one has ended; Conflict otherwise. The claim is made now, so
    its eligibility is judged by the order as it is now, not as it was when the case was opened."""
    key = key_of_id(command.case)
    order = current_order(services, command.shop, services.cases.opening([key])[key].order)

    def decide(case: Case) -> list[Fact]:
        if case.flow is not None and not case.flow.ended:
            raise Conflict(f"The case carries a {case.flow.kind} already, which is {case.flow.state}.")
        if case.historical or case.done:
            why = "historical" if case.historical else f"{case.status}: open it again first"
            raise Conflict(f"No flow starts on a case that is {why}.")
        claim = complete_claim(start.claim.claim(), order)
        claimed_at = services.now()
        rules = rules_of(services, case.shop, case.policy, case.calendar)
        history = read_claim_history(services, case.shop, order, case.customer, claimed_at)
        rulings = rules.judge(start.kind, claim, order, claimed_at, history)
        return [FlowStarted(kind=start.kind, claim=claim, rulings=rulings, bought=purchase_of(order, claimed_at))]

    return handle(services, command, decide)


def transition_flow(services: "TransitionFlowServices", command: Command, move: str, body: MoveIn) -> StoredCase:
    """Make a move. When the flow does not allow it now, the Conflict names the moves that are allowed."""

    def decide(case: Case) -> list[Fact]:
        check_move(case.flow, move, body, STAFF_MAY)
        return [fact_of(move, body, services.now())]

    return handle(services, command, decide)
