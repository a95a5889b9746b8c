"""After-sales flows of cases: moves, why they went as they did, and money given."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.flows.payloads import FlowStart, MoneyAsked, MoneyStep, MoveIn
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.aftersales.views import why_view
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.cases.command_kit import visible, work
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters
from chalicelib.usecases.aftersales import compensate as give_money
from chalicelib.usecases.aftersales import transition_flow as move_flow
from chalicelib.usecases.aftersales.explain_flow import explain_flow

flows = Blueprint(__name__)


@flows.route("/v1/cases/{case}/why", methods=["GET"], authorizer=STAFF)
@answering
def why(case: str) -> Response:
    """Why the case's flow went as it did, in Chinese and English."""
    request = flows.current_request
    known_parameters(request)
    stored = visible(request, case)
    return answer(why_view(explain_flow(services(), stored), services().pages), headers={"ETag": f'"{stored.version}"'})


@flows.route("/v1/cases/{case}/flow/{move}", methods=["POST"], authorizer=STAFF)
@answering
def move(case: str, move: str) -> Response:
    """Start an after-sales flow, or make a move of it."""
    if move == "start":
        return work(flows.current_request, case, FlowStart, move_flow.start_flow, 201)
    return work(
        flows.current_request,
        case,
        MoveIn,
        lambda services, command, told: move_flow.transition_flow(services, command, move, told),
    )


@flows.route("/v1/cases/{case}/evidence/{evidence}", methods=["GET"], authorizer=STAFF)
@answering
def show_evidence(case: str, evidence: str) -> Response:
    """Where a picture or a video of the customer is to be seen, for five minutes."""
    from chalicelib.usecases.portal.customer_cases import evidence_address

    known_parameters(flows.current_request)
    stored = visible(flows.current_request, case)
    assert stored.case is not None
    return answer({"url": evidence_address(services(), stored.case, evidence)})


@flows.route("/v1/cases/{case}/money", methods=["POST"], authorizer=STAFF)
@answering
def propose_money(case: str) -> Response:
    """Propose to give the customer something."""
    return work(flows.current_request, case, MoneyAsked, give_money.propose_money, 201)


@flows.route("/v1/cases/{case}/money/{money}/{step}", methods=["POST"], authorizer=STAFF)
@answering
def step_money(case: str, money: str, step: str) -> Response:
    """Approve or decline it, ask for it to be paid, or say what came of that."""
    second = requests.caller_of(flows.current_request).is_second_person
    return work(
        flows.current_request,
        case,
        MoneyStep,
        lambda services, command, told: give_money.step_money(services, command, money, step, told, second),
    )
