"""Open cases whose type is not certain, with a form to correct each."""

from typing import get_args

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.insights.common import insights_page, open_tab
from chalicelib.entrypoints.http.requests import BY_TIME, cursor_of, encode_cursor, parameter

SHOWN = 25


def show(desk: Desk) -> Response:
    """The newest cases that typing is not certain of."""
    from chalicelib.usecases.insights.list_corrections import list_corrections

    open_tab(desk, "corrections")
    listed = list_corrections(services(), desk.shop.id, SHOWN, cursor_of(desk.request, BY_TIME))
    note_access(desk.request, [each.case.customer for each in listed.items], "cases")
    return insights_page(
        desk,
        "corrections",
        "corrections.html",
        None,
        listed=listed.items,
        following=encode_cursor(listed.next) if listed.next else None,
        types=get_args(CaseType),
        saved=parameter(desk.request, "saved") == "1",
    )
