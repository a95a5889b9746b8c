"""After-sales flows of cases: their moves, the reasons for them, evidence, and compensations."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.aftersales.views import why_view
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of
from chalicelib.entrypoints.http.cases.command_kit import find_visible, run_command
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters

flows = Blueprint(__name__)


@flows.route("/v1/cases/{case}/why", methods=["GET"], authorizer=STAFF)
@answering
def why(case: str) -> Response:
    """The reasons for each step of the case's flow, in Chinese and English."""
    from chalicelib.usecases.aftersales.explain_flow import explain_flow

    request = flows.current_request
    known_parameters(request)
    stored = find_visible(request, case)
    return answer(why_view(explain_flow(services(), stored), services().pages), headers={"ETag": f'"{stored.version}"'})


@flows.route("/v1/cases/{case}/flow/{move}", methods=["POST"], authorizer=STAFF)
@answering
def move(case: str, move: str) -> Response:
    """Start an after-sales flow, or make a move of it."""
    from chalicelib.domain.flows.payloads import FlowStart, MoveIn
    from chalicelib.usecases.aftersales import transition_flow

    if move == "start":
        return run_command(flows.current_request, case, FlowStart, transition_flow.start_flow, 201)
    return run_command(
        flows.current_request,
        case,
        MoveIn,
        lambda services, command, body: transition_flow.transition_flow(services, command, move, body),
    )


@flows.route("/v1/cases/{case}/evidence/{evidence}", methods=["GET"], authorizer=STAFF)
@answering
def show_evidence(case: str, evidence: str) -> Response:
    """The URL of a picture or video of the customer, valid for five minutes."""
    from chalicelib.usecases.portal.customer_cases import evidence_address

    known_parameters(flows.current_request)
    stored = find_visible(flows.current_request, case)
    assert stored.case is not None
    return answer({"url": evidence_address(services(), stored.case, evidence)})


@flows.route("/v1/cases/{case}/money", methods=["POST"], authorizer=STAFF)
@answering
def propose_money(case: str) -> Response:
    """Propose to give the customer money."""
    from chalicelib.domain.flows.payloads import MoneyAsked
    from chalicelib.usecases.aftersales import compensate

    return run_command(flows.current_request, case, MoneyAsked, compensate.propose_money, 201)


@flows.route("/v1/cases/{case}/money/{money}/{step}", methods=["POST"], authorizer=STAFF)
@answering
def step_money(case: str, money: str, step: str) -> Response:
    """Approve or decline money, request its payment, or record the result."""
    from chalicelib.domain.flows.payloads import MoneyStep
    from chalicelib.usecases.aftersales import compensate

    second_person = caller_of(flows.current_request).is_second_person
    return run_command(
        flows.current_request,
        case,
        MoneyStep,
        lambda services, command, body: compensate.step_money(services, command, money, step, body, second_person),
    )
