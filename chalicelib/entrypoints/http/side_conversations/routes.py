"""Side conversations of a case: start one, write in it, read it, close it. Only staff see them."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.cases.command_kit import find_visible, run_command
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters
from chalicelib.entrypoints.http.side_conversations.views import thread_view

sides = Blueprint(__name__)


@sides.route("/v1/cases/{case}/side-conversations", methods=["POST"], authorizer=STAFF)
@answering
def start(case: str) -> Response:
    """Write to a supplier, a carrier or a department."""
    from chalicelib.domain.side_conversations.payloads import StartSide
    from chalicelib.usecases.side_conversations import converse

    return run_command(sides.current_request, case, StartSide, converse.start, 201)


@sides.route("/v1/cases/{case}/side-conversations/{side}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str, side: str) -> Response:
    """A side conversation with all its messages, and links to their files."""
    from chalicelib.usecases.side_conversations.read_sides import read_side

    request = sides.current_request
    known_parameters(request)
    stored = find_visible(request, case)
    thread = read_side(services(), stored, side)
    return answer(thread_view(thread), headers={"ETag": f'"{stored.version}"'})


@sides.route("/v1/cases/{case}/side-conversations/{side}/messages", methods=["POST"], authorizer=STAFF)
@answering
def write(case: str, side: str) -> Response:
    """Write to the other side again, or record what they answered without email."""
    from chalicelib.domain.side_conversations.payloads import SideMessageIn
    from chalicelib.usecases.side_conversations import converse

    return run_command(
        sides.current_request,
        case,
        SideMessageIn,
        lambda services, command, body: converse.write(services, command, side, body),
        201,
    )


@sides.route("/v1/cases/{case}/side-conversations/{side}/close", methods=["POST"], authorizer=STAFF)
@answering
def close(case: str, side: str) -> Response:
    """Close a side conversation."""
    from chalicelib.domain.side_conversations.payloads import CloseSide
    from chalicelib.usecases.side_conversations import converse

    return run_command(
        sides.current_request,
        case,
        CloseSide,
        lambda services, command, body: converse.close(services, command, side, body),
    )
