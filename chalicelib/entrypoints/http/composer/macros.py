"""Macros: a shop's prepared answers, their preview on a case, and applying them."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import Caller, caller_of, need_shop
from chalicelib.entrypoints.http.cases.command_kit import find_visible
from chalicelib.entrypoints.http.composer.views import applied_view, macro_view, preview_view
from chalicelib.entrypoints.http.idempotency import expected_version, idempotency_of
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import (
    answer,
    body_of,
    cursor_of,
    known_parameters,
    limit_of,
    page_body,
    parameter,
)
from chalicelib.observability import logger

macros = Blueprint(__name__)


@macros.route("/v1/shops/{shop}/macros", methods=["GET"], authorizer=STAFF)
@answering
def listed(shop: str) -> Response:
    """The macros of a shop; with `archived=true` also those that nobody is to use any more."""
    from chalicelib.usecases.composer.macros.manage_macros import list_macros

    request = macros.current_request
    known_parameters(request, "archived")
    need_shop(request, shop, f"shop {shop!r}")
    archived = parameter(request, "archived")
    if archived not in (None, "true", "false"):
        raise invalid("archived", "is true or false")
    shown = list_macros(services(), shop, archived == "true")
    return answer({"items": [macro_view(macro) for macro in shown], "next": None})


@macros.route("/v1/shops/{shop}/macros/{macro}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, macro: str) -> Response:
    """Save a macro as its next version."""
    from chalicelib.domain.composer.macros import MacroIn
    from chalicelib.usecases.composer.macros.manage_macros import put_macro

    request = macros.current_request
    caller = _need_supervisor(shop)
    body = body_of(request, MacroIn)
    saved = put_macro(services(), shop, macro, body, caller.name, expected_version(request))
    logger.info("macro saved", extra={"shop": shop, "macro": macro, "version": saved.version})
    return answer(macro_view(saved), headers={"ETag": f'"{saved.version}"'})


@macros.route("/v1/shops/{shop}/macros/{macro}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, macro: str) -> Response:
    """The newest version of a macro."""
    from chalicelib.usecases.composer.macros.manage_macros import read_macro

    known_parameters(macros.current_request)
    need_shop(macros.current_request, shop, f"shop {shop!r}")
    newest = read_macro(services(), shop, macro)
    return answer(macro_view(newest), headers={"ETag": f'"{newest.version}"'})


@macros.route("/v1/shops/{shop}/macros/{macro}", methods=["DELETE"], authorizer=STAFF)
@answering
def remove(shop: str, macro: str) -> Response:
    """End a macro; its versions stay readable."""
    from chalicelib.usecases.composer.macros.manage_macros import delete_macro

    caller = _need_supervisor(shop)
    delete_macro(services(), shop, macro, caller.name, expected_version(macros.current_request))
    logger.info("macro removed", extra={"shop": shop, "macro": macro})
    return answer({"macro": macro})


@macros.route("/v1/shops/{shop}/macros/{macro}/versions", methods=["GET"], authorizer=STAFF)
@answering
def versions(shop: str, macro: str) -> Response:
    """Who changed a macro, when and how: its versions, the newest first."""
    from chalicelib.usecases.composer.macros.manage_macros import macro_versions

    request = macros.current_request
    known_parameters(request, "limit", "next")
    need_shop(request, shop, f"shop {shop!r}")
    page = macro_versions(services(), shop, macro, limit_of(request), cursor_of(request, "[0-9]{6}"))
    return answer(page_body(page, [macro_view(version) for version in page.items]))


@macros.route("/v1/cases/{case}/macros/preview", methods=["POST"], authorizer=STAFF)
@answering
def preview(case: str) -> Response:
    """The text of macros filled in for a case, and all that they would do. Nothing is changed."""
    from chalicelib.domain.composer.macros import MacrosIn
    from chalicelib.usecases.composer.macros.preview_macro import preview_macro

    request = macros.current_request
    stored = find_visible(request, case)
    shown = preview_macro(services(), stored, body_of(request, MacrosIn).macros, caller_of(request).name)
    return answer(preview_view(shown), headers={"ETag": f'"{stored.version}"'})


@macros.route("/v1/cases/{case}/macros/apply", methods=["POST"], authorizer=STAFF)
@answering
def apply(case: str) -> Response:
    """Apply macros to a case: the result of each effect, and the text for the reply."""
    from chalicelib.domain.composer.macros import ApplyMacros
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.composer.macros.apply_macro import apply_macro

    request = macros.current_request
    stored = find_visible(request, case)
    assert stored.case is not None
    body = body_of(request, ApplyMacros)
    caller = caller_of(request)
    command = Command(
        case=case,
        shop=stored.case.shop,
        by=caller.actor,
        expected=expected_version(request),
        idempotency=idempotency_of(request, caller),
        seen=stored,
    )
    applied = apply_macro(services(), command, body.macros, body.reply)
    return answer(applied_view(applied), headers={"ETag": f'"{applied.stored.version}"'})


def _need_supervisor(shop: str) -> Caller:
    caller = need_shop(macros.current_request, shop, f"shop {shop!r}")
    if not caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may change macros.")
    return caller
