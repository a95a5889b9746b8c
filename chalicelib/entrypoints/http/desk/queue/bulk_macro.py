"""Before a macro is applied to many cases: which one, and what it would do to the first of them."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.desk.bulk import split_cursor
from chalicelib.domain.kernel.errors import AftercareError, NotFound
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import find_case_of
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page

if TYPE_CHECKING:
    from chalicelib.usecases.composer.macros.preview_macro import Preview


def is_confirmed(desk: Desk) -> bool:
    """Whether the form comes from the page with the preview."""
    return bool(desk.form.get("macro")) and desk.form.get("confirmed") == "1"


def ask(desk: Desk) -> Response:
    """The page on which a macro is chosen and looked at. It carries the selected cases along."""
    macros = [
        macro for macro in services().macros.all(desk.shop.id) if not macro.deleted and not macro.content.archived
    ]
    names = {macro.id: macro.content.name for macro in macros}
    chosen = desk.form.get("macro", "")
    preview, number, objection = _preview(desk, chosen) if chosen in names else (None, "", "")
    return page(
        desk,
        "bulk_macro.html",
        macros=[(macro, name.zh if desk.language == "zh" else name.en) for macro, name in names.items()],
        chosen=chosen,
        preview=preview,
        number=number,
        objection=objection,
        selected=_selected(desk),
        count=None if desk.form.get("all") == "1" else len(desk.fields.get("cases", [])),
    )


def _selected(desk: Desk) -> list[tuple[str, str]]:
    """The fields that say which cases are meant."""
    view = [("view", desk.form.get("view", "all"))]
    if desk.form.get("all") == "1":
        return [*view, ("all", "1"), *([("after", desk.form["after"])] if desk.form.get("after") else [])]
    return [*view, *(("cases", case) for case in desk.fields.get("cases", []))]


def _preview(desk: Desk, macro: str) -> "tuple[Preview | None, str, str]":
    """What the macro would do to the first of the cases, the number of that case, and why that cannot be said."""
    from chalicelib.usecases.composer.macros.preview_macro import preview_macro

    words: dict[str, Any] = services().desk_pages.words(desk.language)
    try:
        stored = find_case_of(desk, _first(desk))
    except NotFound:
        return None, "", words["bulk.why.gone"]
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    try:
        return preview_macro(services(), stored, [macro], desk.caller.name), stored.case.number, ""
    except AftercareError:
        return None, stored.case.number, words["macros.gone"]


def _first(desk: Desk) -> str:
    """The id of the first of the cases."""
    from chalicelib.usecases.desk.list_view import list_view, view_named

    if desk.form.get("all") != "1":
        return next(iter(desk.fields.get("cases", [])), "")
    view = view_named(desk.form.get("view", "all"))
    cursor, _ = split_cursor(desk.form.get("after"))
    rows = list_view(services(), desk.shop.id, desk.caller.name, view, 1, cursor).rows
    return rows[0].id if rows else ""
