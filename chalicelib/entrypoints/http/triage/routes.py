"""The type of a case is corrected, and a text is typed."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_shop
from chalicelib.entrypoints.http.cases.command_kit import run_command
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters

triage = Blueprint(__name__)


@triage.route("/v1/cases/{case}/type", methods=["POST"], authorizer=STAFF)
@answering
def correct(case: str) -> Response:
    """Correct the type of the case."""
    from chalicelib.domain.triage.payloads import TypeCorrection
    from chalicelib.usecases.triage.correct_type import correct_type

    return run_command(triage.current_request, case, TypeCorrection, correct_type)


@triage.route("/v1/shops/{shop}/triage", methods=["POST"], authorizer=STAFF)
@answering
def type_text(shop: str) -> Response:
    """Type a text as a case with these words would be. Nothing is stored."""
    from chalicelib.domain.triage.payloads import MAX_BODY, TriageText
    from chalicelib.entrypoints.http.triage.views import typing_view
    from chalicelib.usecases.triage.type_for_staff import type_for_staff

    request = triage.current_request
    known_parameters(request)
    need_shop(request, shop, f"shop {shop!r}")
    typing = type_for_staff(services(), shop, body_of(request, TriageText, MAX_BODY))
    return answer(typing_view(typing.type, typing) | {"words": list(typing.words)})
