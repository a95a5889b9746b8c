"""Agents' files, and the links to them in emails."""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.cases.command_kit import find_visible
from chalicelib.entrypoints.http.composer.views import file_view, upload_view
from chalicelib.entrypoints.http.portal.pages import HEADERS, paged
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case

files = Blueprint(__name__)


@files.route("/v1/cases/{case}/files", methods=["POST"], authorizer=STAFF)
@answering
def upload(case: str) -> Response:
    """A form with which an agent uploads a file for a case."""
    from chalicelib.domain.composer.agent_files import UploadIn
    from chalicelib.usecases.composer.attach_files import request_upload

    request = files.current_request
    of_case = _case(case)
    name = body_of(request, UploadIn).name
    return answer(upload_view(*request_upload(services(), of_case, name, caller_of(request).name, _back())), 201)


@files.route("/v1/cases/{case}/files/{file}", methods=["GET"], authorizer=STAFF)
@answering
def read(case: str, file: str) -> Response:
    """What became of a file, with a URL that shows it for five minutes."""
    from chalicelib.usecases.composer.attach_files import file_url, read_file

    known_parameters(files.current_request)
    of_case = _case(case)
    uploaded = read_file(services(), of_case.shop, of_case.id, file)
    return answer(file_view(uploaded, file_url(services(), uploaded)))


@files.route("/v1/shops/{shop}/macro-files", methods=["POST"], authorizer=STAFF)
@answering
def upload_for_macros(shop: str) -> Response:
    """A form with which a supervisor uploads a file that macros send."""
    from chalicelib.domain.composer.agent_files import UploadIn
    from chalicelib.usecases.composer.attach_files import request_macro_upload

    request = files.current_request
    caller = need_shop(request, shop, f"shop {shop!r}")
    if not caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may change macros.")
    name = body_of(request, UploadIn).name
    return answer(upload_view(*request_macro_upload(services(), shop, name, caller.name, _back())), 201)


@files.route("/v1/shops/{shop}/macro-files/{file}", methods=["GET"], authorizer=STAFF)
@answering
def read_of_macros(shop: str, file: str) -> Response:
    """What became of a file of macros, with a URL that shows it for five minutes."""
    from chalicelib.domain.composer.agent_files import MACROS
    from chalicelib.usecases.composer.attach_files import file_url, read_file

    known_parameters(files.current_request)
    need_shop(files.current_request, shop, f"shop {shop!r}")
    uploaded = read_file(services(), shop, MACROS, file)
    return answer(file_view(uploaded, file_url(services(), uploaded)))


@files.route("/f/{token}", methods=["GET"])
@paged(lambda: files.current_request)
def fetch(token: str) -> Response:
    """Redirect a customer to a file that an agent sent them, by a URL that is valid for five minutes."""
    from chalicelib.usecases.composer.attach_files import fetch_file

    url = fetch_file(services(), token)
    logger.info("file fetched")
    return Response(body="", status_code=303, headers={**HEADERS, "Location": url})


def _case(identifier: str) -> "Case":
    case = find_visible(files.current_request, identifier).case
    assert case is not None
    return case


def _back() -> str:
    """Where a browser goes after an upload, if it does not send the form by a script."""
    base: str = services().api_url
    return f"{base.rstrip('/')}/v1/health"
