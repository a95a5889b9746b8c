"""Macros: the list, the form of one, and what one would do to a case."""

from typing import TYPE_CHECKING, get_args

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import AftercareError, Invalid, NotFound, Stale
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import find_case_of
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.macros.fields import EMPTY, LINES, content_of, values_of
from chalicelib.entrypoints.http.requests import parameter
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.domain.composer.macros import Macro, MacroIn
    from chalicelib.usecases.composer.macros.preview_macro import Preview


def show(desk: Desk) -> Response:
    """All macros of the shop, those that are archived at the end."""
    from chalicelib.usecases.composer.macros.manage_macros import list_macros

    open_card(desk, "macros")
    macros = sorted(list_macros(services(), desk.shop.id, archived=True), key=lambda macro: macro.content.archived)
    return setting_page(desk, "macros", "macros.html", macros=macros)


def edit(desk: Desk) -> Response:
    """A macro (`?macro=`), or a new one; with `?case=` also what it would do to that case."""
    open_card(desk, "macros")
    name = parameter(desk.request, "macro")
    if name is None:
        need_change(desk, "macros")
        return _form(desk, None, EMPTY)
    macro = _find(desk, name)
    return _form(desk, macro, values_of(macro))


def save(desk: Desk) -> Response:
    """Save a macro as its next version."""
    need_change(desk, "macros")
    before = services().macros.load(desk.shop.id, desk.form.get("macro", "")[:64])
    was = before.content if before and not before.deleted else None
    editing = before if was is not None and desk.form.get("editing") else None
    try:
        saved = _put(desk, before, editing)
    except (Invalid, Stale) as error:
        errors = dict(error.errors) if isinstance(error, Invalid) else {"version": str(error)}
        return _form(desk, editing, {line: desk.form.get(line, "") for line in (*LINES, "version")}, 422, errors)
    _record(desk, saved.id, was, saved.content)
    logger.info("macro saved", extra={"shop": desk.shop.id, "macro": saved.id, "version": saved.version})
    return see_other(desk.address(f"settings/macros/edit?macro={saved.id}&saved=1"))


def _put(desk: Desk, before: "Macro | None", editing: "Macro | None") -> "Macro":
    """Save what was typed. Invalid or Stale, and nothing is saved."""
    from chalicelib.usecases.composer.macros.manage_macros import put_macro

    body = content_of(desk.form, editing.content if editing else None)
    expected = _expected(desk, before)
    return put_macro(services(), desk.shop.id, desk.form.get("macro", ""), body, desk.caller.name, expected)


def _expected(desk: Desk, before: "Macro | None") -> int | None:
    """The version that was edited. Invalid for a new macro with the id of one that is there."""
    if desk.form.get("editing"):
        return desk.number("version")
    if before is not None and not before.deleted:
        raise Invalid([("macro", "is the id of another macro: choose another, or edit that one")])
    return before.version if before else 0


def _record(desk: Desk, macro: str, before: "MacroIn | None", after: "MacroIn | None") -> None:
    from chalicelib.usecases.shops.record_change import record_change

    record_change(services(), desk.shop.id, "macros", macro, desk.caller.name, before, after)


def remove(desk: Desk) -> Response:
    """End a macro; its versions stay readable by API."""
    from chalicelib.usecases.composer.macros.manage_macros import delete_macro

    need_change(desk, "macros")
    macro = _find(desk, desk.form.get("macro", ""))
    delete_macro(services(), desk.shop.id, macro.id, desk.caller.name, desk.number("version"))
    _record(desk, macro.id, macro.content, None)
    return see_other(desk.address("settings/macros?saved=1"))


def _find(desk: Desk, name: str) -> "Macro":
    from chalicelib.usecases.composer.macros.manage_macros import read_macro

    try:
        return read_macro(services(), desk.shop.id, name[:64])
    except NotFound:
        raise NotFound("There is no such page.") from None


def _form(
    desk: Desk, macro: "Macro | None", values: dict[str, str], status: int = 200, faults: dict[str, str] | None = None
) -> Response:
    from chalicelib.domain.casework.facts import SnoozeEvent
    from chalicelib.domain.composer.placeholders import PLACEHOLDERS
    from chalicelib.domain.kernel.enums import Status

    case = parameter(desk.request, "case") if desk.request.method == "GET" else None
    preview, objection = _preview(desk, macro, case.strip()) if macro and case else (None, "")
    return setting_page(
        desk,
        "macros",
        "macro.html",
        status,
        macro=macro,
        values=values,
        faults=faults or {},
        placeholders=["{{ " + name + " }}" for name in PLACEHOLDERS],
        statuses=get_args(Status),
        events=get_args(SnoozeEvent),
        case=case or "",
        preview=preview,
        objection=objection,
    )


def _preview(desk: Desk, macro: "Macro", case: str) -> "tuple[Preview | None, str]":
    """What the macro would do to a case, given by its id or its address on the desk; or why that cannot be said."""
    from chalicelib.usecases.composer.macros.preview_macro import preview_macro

    words = services().desk_pages.words(desk.language)
    try:
        stored = find_case_of(desk, case.rstrip("/").rpartition("/")[2][:100])
    except NotFound:
        return None, words["macros.no_case"]
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    try:
        return preview_macro(services(), stored, [macro.id], desk.caller.name), ""
    except AftercareError:
        return None, words["macros.gone"]
