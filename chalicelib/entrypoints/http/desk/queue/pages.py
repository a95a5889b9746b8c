"""The queue."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page

ROWS = 50


def show(desk: Desk) -> Response:
    """The cases that are worked on."""
    from chalicelib.usecases.cases.read_case import load_case_files

    listed = services().cases.open_cases(desk.shop.id, ROWS, None)
    note_access(desk.request, [stored.case.customer for stored in listed.items if stored.case], "cases")
    return page(desk, "queue.html", files=load_case_files(services(), listed.items))
