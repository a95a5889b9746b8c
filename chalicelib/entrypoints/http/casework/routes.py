"""What agents do to keep cases in order: merge and split them, snooze them, tag them and link them."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.cases.command_kit import find_visible, run_command
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, known_parameters

casework = Blueprint(__name__)


@casework.route("/v1/cases/{case}/merge", methods=["POST"], authorizer=STAFF)
@answering
def merge(case: str) -> Response:
    """Merge the case into another one."""
    from chalicelib.domain.casework.payloads import MergeInto
    from chalicelib.usecases.casework import merge_cases

    return run_command(casework.current_request, case, MergeInto, merge_cases.merge)


@casework.route("/v1/cases/{case}/unmerge", methods=["POST"], authorizer=STAFF)
@answering
def unmerge(case: str) -> Response:
    """Take a case out of this one, into which it was merged."""
    from chalicelib.domain.casework.payloads import Unmerge
    from chalicelib.usecases.casework import merge_cases

    return run_command(casework.current_request, case, Unmerge, merge_cases.unmerge)


@casework.route("/v1/cases/{case}/split", methods=["POST"], authorizer=STAFF)
@answering
def split(case: str) -> Response:
    """Take messages of the customer to a new case."""
    from chalicelib.domain.casework.payloads import Split
    from chalicelib.usecases.casework import split_case

    return run_command(casework.current_request, case, Split, split_case.split, 201)


@casework.route("/v1/cases/{case}/snooze", methods=["POST"], authorizer=STAFF)
@answering
def snooze(case: str) -> Response:
    """Put the case off until a time or until something happens."""
    from chalicelib.domain.casework.payloads import SnoozeUntil
    from chalicelib.usecases.casework import snooze_case

    return run_command(casework.current_request, case, SnoozeUntil, snooze_case.snooze)


@casework.route("/v1/cases/{case}/unsnooze", methods=["POST"], authorizer=STAFF)
@answering
def unsnooze(case: str) -> Response:
    """End the snooze of the case."""
    from chalicelib.domain.casework.payloads import Unsnooze
    from chalicelib.usecases.casework import snooze_case

    return run_command(casework.current_request, case, Unsnooze, snooze_case.unsnooze)


@casework.route("/v1/cases/{case}/tags", methods=["POST"], authorizer=STAFF)
@answering
def tags(case: str) -> Response:
    """Add tags to the case, or remove them."""
    from chalicelib.domain.casework.payloads import TagChange
    from chalicelib.usecases.casework import tag_case

    return run_command(casework.current_request, case, TagChange, tag_case.change_tags)


@casework.route("/v1/cases/{case}/links", methods=["POST"], authorizer=STAFF)
@answering
def links(case: str) -> Response:
    """Link the case with others, or remove links."""
    from chalicelib.domain.casework.payloads import LinkChange
    from chalicelib.usecases.casework import link_cases

    return run_command(casework.current_request, case, LinkChange, link_cases.change_links)


@casework.route("/v1/cases/{case}/timeline", methods=["GET"], authorizer=STAFF)
@answering
def timeline(case: str) -> Response:
    """What happened to the case and to those that were merged into it, in order."""
    from chalicelib.entrypoints.http.casework.views import entry_view
    from chalicelib.usecases.casework.read_timeline import PLACE, read_timeline

    request = casework.current_request
    known_parameters(request, "limit", "next")
    stored = find_visible(request, case)
    page = read_timeline(services(), stored, requests.limit_of(request), requests.cursor_of(request, PLACE))
    note_access(request, [entry.case.customer for entry in page.items], "case")
    body = requests.page_body(page, [entry_view(entry) for entry in page.items])
    return answer(body, headers={"ETag": f'"{stored.version}"'})


@casework.route("/v1/cases/{case}/related", methods=["GET"], authorizer=STAFF)
@answering
def related(case: str) -> Response:
    """The cases that this one is merged into, has merged into it, or is linked with."""
    from chalicelib.entrypoints.http.casework.views import related_view
    from chalicelib.usecases.casework.read_related import read_related

    request = casework.current_request
    known_parameters(request)
    stored = find_visible(request, case)
    assert stored.case is not None
    cases = read_related(services(), stored.case)
    note_access(request, [each.case.customer for each in cases], "case")
    return answer({"items": [related_view(each) for each in cases], "next": None})
