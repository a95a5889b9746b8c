"""The forms of the two boxes: send a reply, undo it, save a note, put a macro in, do what it would also do."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response
from msgspec.structs import replace

from chalicelib.bootstrap import services
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.composer.drafts import DraftKind
from chalicelib.domain.composer.macros import Effect, inserted
from chalicelib.domain.composer.pending_replies import ReplyIn
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.entrypoints.http.desk.cases.forms import case_address, find_case_of, form_body, run_command
from chalicelib.entrypoints.http.desk.cases.pages import case_page, handle_form
from chalicelib.entrypoints.http.desk.cases.refusals import REFUSALS, refusal_of
from chalicelib.entrypoints.http.desk.composer.box import InsertedMacros
from chalicelib.entrypoints.http.desk.composer.drafts import case_of, save_typed
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.words import Words

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.ports.cases import StoredCase

MAX_MACROS = 10


def reply(desk: Desk, case: str) -> Response:
    """Send a reply to the customer. If it is refused, its text is kept as a draft."""
    from chalicelib.usecases.composer.send_reply import send_reply

    def send(services: Any, command: "Command") -> "StoredCase":
        unversioned = replace(command, expected=None)  # what came since is looked at by the command itself
        sending = send_reply(services, unversioned, form_body(_reply_fields(desk), ReplyIn))
        return sending.stored or find_case_of(desk, case)

    def do() -> object:
        try:
            return run_command(desk, case, send, lambda: _remove_draft(desk, case, "reply"))
        except AftercareError:
            _save_what_was_typed(desk, case)
            raise

    return handle_form(desk, case, "reply", do)


def note(desk: Desk, case: str) -> Response:
    """Save an internal note; the colleagues whom it names are notified."""
    from chalicelib.usecases.composer.write_message import write_note

    fields: dict[str, Any] = {"body": desk.form.get("body", ""), "public": False}
    if desk.fields.get("mentions"):
        fields["mentions"] = desk.fields["mentions"]

    def do() -> object:
        message = form_body(fields, Message)
        return run_command(
            desk,
            case,
            lambda services, command: write_note(services, command, message, desk.number("draft")),
            lambda: _remove_draft(desk, case, "note"),
        )

    return handle_form(desk, case, "note", do)


def undo(desk: Desk, case: str, reply: str) -> Response:
    """Take a reply back that still waits: it is in the box again."""
    from chalicelib.usecases.composer.undo_reply import undo_reply

    of_case = case_of(desk, case)
    return handle_form(desk, case, "reply", lambda: undo_reply(services(), of_case, reply, desk.caller.name))


def insert_macro(desk: Desk, case: str) -> Response:
    """Put a macro's text in where the cursor is, and show what all macros that were put in would also do."""
    from chalicelib.usecases.composer.macros.preview_macro import preview_macro

    stored = find_case_of(desk, case)
    chosen, who = desk.form.get("macro", ""), desk.caller.name
    macros = tuple(dict.fromkeys([*desk.fields.get("macros", []), chosen]))[:MAX_MACROS]
    try:
        preview = preview_macro(services(), stored, [chosen], who)
        effects = preview_macro(services(), stored, macros, who).effects if len(macros) > 1 else preview.effects
    except REFUSALS as error:
        return case_page(desk, stored, refusal_of(desk, Words(desk), "reply", error))
    body = inserted(desk.form.get("body", ""), preview.text, desk.number("cursor"))
    save_typed(desk, case_of(desk, case), body, [*desk.fields.get("files", []), *preview.files])
    return case_page(desk, stored, macros=InsertedMacros(macros=macros, effects=effects, missing=preview.missing))


def apply_macros(desk: Desk, case: str) -> Response:
    """Do what the macros would do besides their text, each by its usual command."""
    from chalicelib.usecases.composer.macros.apply_macro import apply_macro

    macros = tuple(desk.fields.get("macros", []))[:MAX_MACROS]
    _save_what_was_typed(desk, case)
    effects: list[Effect] = []

    def do(services: Any, command: "Command") -> "StoredCase":
        applied = apply_macro(services, command, macros)
        effects.extend(applied.effects)
        return applied.stored

    run_command(desk, case, do)
    if any(effect.done is False for effect in effects):
        return case_page(desk, find_case_of(desk, case), macros=InsertedMacros(effects=tuple(effects)))
    return see_other(case_address(desk, case, desk.form.get("view", ""), "reply"))


def _reply_fields(desk: Desk) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "body": desk.form.get("body", ""),
        "seen": desk.form.get("version", ""),
        "files": desk.fields.get("files", []),
        "copy": desk.form.get("copy") == "all",
        "draft": desk.number("draft"),
    }
    return fields | ({"then": desk.form["then"]} if desk.form.get("then") else {})


def _remove_draft(desk: Desk, case: str, kind: DraftKind) -> None:
    """Remove what was sent: the first attempt may have ended before it came to that."""
    from chalicelib.usecases.composer.save_draft import remove_sent

    counter = desk.number("draft") or 0
    remove_sent(services(), case_of(desk, case), desk.caller.name, kind, counter, desk.form.get("body", ""))


def _save_what_was_typed(desk: Desk, case: str) -> None:
    save_typed(desk, case_of(desk, case), desk.form.get("body", ""), desk.fields.get("files", []))
