"""Search on the desk. What is searched for is posted, so it stands in no address and in no log."""

from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.search.question import MAX_QUERY
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.requests import answer, cursor_in, encode_cursor
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.usecases.desk.rows import Row
    from chalicelib.usecases.search.search import SearchPage
    from chalicelib.usecases.search.show_results import Result

PAGE = 25
QUICK = 6
"""How many cases the palette shows."""


class Line(Struct, frozen=True):
    """A case that was found: its row, why it was found, and the words around, in parts that are marked or not."""

    row: "Row"
    by: str
    parts: list[tuple[str, bool]]


def form(desk: Desk) -> Response:
    """The empty search form."""
    return page(desk, "search.html", q="", lines=None, hint=None, following=None)


def results(desk: Desk) -> Response:
    """What was found, the exact matches first."""
    text = desk.form.get("q", "")[:MAX_QUERY]
    if not text.strip():
        return form(desk)
    searched, shown = _search(desk, text, PAGE, desk.form.get("next") or None)
    return page(
        desk,
        "search.html",
        q=text,
        lines=_lines(desk, shown),
        hint=searched.hint,
        following=encode_cursor(searched.next) if searched.next else None,
    )


def find(desk: Desk) -> Response:
    """The first cases that a text finds, for the palette."""
    text = desk.form.get("q", "")[:MAX_QUERY]
    shown = _search(desk, text, QUICK, None)[1] if text.strip() else []
    items = [
        {
            "number": each.file.case.number,
            "subject": each.file.subject,
            "url": desk.address(f"cases/{each.file.case.id}"),
        }
        for each in shown
    ]
    return answer({"items": items}, headers={"Cache-Control": "no-store"})


def _search(desk: Desk, text: str, limit: int, cursor: str | None) -> "tuple[SearchPage, list[Result]]":
    from chalicelib.usecases.search.search import CURSOR, search
    from chalicelib.usecases.search.show_results import show_results

    if cursor is not None and len(cursor) > 400:
        raise invalid("next", "is not a cursor of this list")
    after = cursor_in(cursor, CURSOR) if cursor else None
    searched = search(services(), desk.shop, text, limit, after)
    shown = show_results(services(), desk.shop.id, searched)
    note_access(desk.request, [each.file.case.customer for each in shown], "search")
    logger.info("searched", extra={"shop": desk.shop.id, "by": [each.hit.by for each in shown]})
    return searched, shown


def _lines(desk: Desk, shown: "list[Result]") -> list[Line]:
    from chalicelib.usecases.desk.rows import rows_of

    keys = [key_of_id(each.file.case.id) for each in shown]
    rows = {row.id: row for row in rows_of(services(), desk.shop.id, desk.caller.name, keys)}
    return [Line(rows[each.file.case.id], each.hit.by, _parts(each)) for each in shown if each.file.case.id in rows]


def _parts(result: "Result") -> list[tuple[str, bool]]:
    """The snippet in parts: a text, and whether it is one of the words that were looked for."""
    if result.snippet is None:
        return []
    text, parts, last = result.snippet.text, [], 0
    for start, end in result.snippet.marks:
        parts += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [part for part in (*parts, (text[last:], False)) if part[0]]
