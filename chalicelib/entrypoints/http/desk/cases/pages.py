"""A case on the desk."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import find_case_of
from chalicelib.entrypoints.http.desk.cases.timeline import entry
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page


def show(desk: Desk, case: str) -> Response:
    """The case with its timeline."""
    from chalicelib.usecases.cases.read_case import load_case_files

    stored = find_case_of(desk, case)
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    file = load_case_files(services(), [stored])[0]
    events = [entry(event, file.customer) for event in services().cases.events(stored.key)]
    return page(desk, "case.html", case=file.case, version=file.version, subject=file.subject, events=events)
