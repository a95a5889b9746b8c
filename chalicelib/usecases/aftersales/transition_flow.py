"""What staff do to a case's after-sales flow: start one, and make its moves, also the customer's and a partner's."""

from chalicelib.domain.aftersales.flow_of_case import complete_claim, purchase_of
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
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, rules_of

STAFF_MAY: tuple[Mover, ...] = ("staff", "customer", "partner")
"""Staff write down what a customer says on the phone, and what a carrier or a warehouse reports by other ways."""


def start_flow(services: Services, command: Command, told: FlowStart) -> StoredCase:
    """Start a flow on a case that has none, or whose last one has ended. It is judged by the order as it is now: the
    claim is made now, whatever the order was when the case was opened."""

    key = key_of_id(command.case)
    order = current_order(services, command.shop, services.cases.opening([key])[key].order)

    def decide(case: Case) -> list[Fact]:
        if case.flow is not None and not case.flow.ended:
            raise Conflict(f"The case carries a {case.flow.kind} already, which is {case.flow.state}.")
        if case.historical or case.done:
            why = "historical" if case.historical else f"{case.status}: open it again first"
            raise Conflict(f"No flow starts on a case that is {why}.")
        claim, at = complete_claim(told.claim.claim(), order), services.now()
        rules = rules_of(services, case.shop, case.policy, case.calendar)
        history = read_claim_history(services, case.shop, order, case.customer, at)
        rulings = rules.judge(told.kind, claim, order, at, history)
        return [FlowStarted(kind=told.kind, claim=claim, rulings=rulings, bought=purchase_of(order, at))]

    return handle(services, command, decide)


def transition_flow(services: Services, command: Command, move: str, told: MoveIn) -> StoredCase:
    """Make a move. One its flow does not allow now is a Conflict that names those it does."""

    def decide(case: Case) -> list[Fact]:
        check_move(case.flow, move, told, STAFF_MAY)
        return [fact_of(move, told, services.now())]

    return handle(services, command, decide)
