"""The forms of the two boxes: send a reply, undo it, save a note, put a macro in, do what it would also do."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.composer.drafts import DraftIn
from chalicelib.domain.composer.pending_replies import ReplyIn
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.entrypoints.http.desk.cases.forms import find_case_of, form_body, run_command
from chalicelib.entrypoints.http.desk.cases.pages import case_page, handle_form
from chalicelib.entrypoints.http.desk.composer.box import Draw
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.ports.cases import StoredCase

MAX_MACROS = 10


def reply(desk: Desk, case: str) -> Response:
    """Send a reply to the customer. If it is refused, its text is kept as a draft."""
    from chalicelib.usecases.composer.send_reply import send_reply

    def send(services: Any, command: "Command") -> "StoredCase":
        sending = send_reply(services, _unversioned(command), form_body(_reply_fields(desk), ReplyIn))
        return sending.stored or find_case_of(desk, case)

    def do() -> object:
        try:
            return run_command(desk, case, send)
        except AftercareError:
            _save_draft(desk, case)
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
        return run_command(desk, case, lambda services, command: write_note(services, command, message, _draft(desk)))

    return handle_form(desk, case, "note", do)


def undo(desk: Desk, case: str, reply: str) -> Response:
    """Take a reply back that still waits: it is in the box again."""
    from chalicelib.usecases.composer.undo_reply import undo_reply

    stored = find_case_of(desk, case)
    assert stored.case is not None
    of_case = stored.case
    return handle_form(desk, case, "reply", lambda: undo_reply(services(), of_case, reply, desk.caller.name))


def insert_macro(desk: Desk, case: str) -> Response:
    """Put a macro's text in where the cursor is, and show what it would also do."""
    from chalicelib.usecases.composer.macros.preview_macro import preview_macro

    stored = find_case_of(desk, case)
    macros = tuple(dict.fromkeys([*desk.fields.get("macros", []), *desk.fields.get("macro", [])]))[:MAX_MACROS]
    try:
        chosen = preview_macro(services(), stored, desk.fields.get("macro", [])[:1], desk.caller.name)
        whole = preview_macro(services(), stored, macros, desk.caller.name)
    except AftercareError as error:
        return handle_form(desk, case, "reply", _raising(error))
    desk.form["body"] = inserted(desk.form.get("body", ""), chosen.text, desk.form.get("cursor", ""))
    _save_draft(desk, case, files=(*desk.fields.get("files", []), *chosen.files))
    return case_page(desk, stored, draw=Draw(macros=macros, effects=whole.effects, missing=chosen.missing))


def apply_macros(desk: Desk, case: str) -> Response:
    """Do what the macros would do besides their text, each by its usual command."""
    from chalicelib.usecases.composer.macros.apply_macro import apply_macro

    macros = tuple(desk.fields.get("macros", []))[:MAX_MACROS]
    _save_draft(desk, case)
    effects: list[Any] = []

    def do(services: Any, command: "Command") -> "StoredCase":
        applied = apply_macro(services, command, macros)
        effects.extend(applied.effects)
        return applied.stored

    stored = run_command(desk, case, do)
    if any(effect.done is False for effect in effects):
        return case_page(desk, find_case_of(desk, case), draw=Draw(effects=tuple(effects)))
    assert stored.case is not None
    return see_other(desk.address(f"cases/{case}#reply"))


def inserted(text: str, macro: str, cursor: str) -> str:
    """A text with a macro's text at the cursor, counted in characters; at its end without one."""
    place = min(int(cursor), len(text)) if cursor.isdecimal() and len(cursor) < 7 else len(text)
    before, after = text[:place].rstrip(), text[place:].lstrip()
    return "\n\n".join(part for part in (before, macro, after) if part)


def _reply_fields(desk: Desk) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "body": desk.form.get("body", ""),
        "seen": desk.form.get("version", ""),
        "files": desk.fields.get("files", []),
        "copy": desk.form.get("copy") == "all",
        "draft": _draft(desk),
    }
    return fields | ({"then": desk.form["then"]} if desk.form.get("then") else {})


def _draft(desk: Desk) -> int | None:
    text = desk.form.get("draft", "")
    return int(text) if text.isdecimal() and len(text) < 14 else None


def _save_draft(desk: Desk, case: str, files: tuple[str, ...] | None = None) -> None:
    """Save what was typed as a draft, beside what another tab saved since."""
    from chalicelib.usecases.composer.save_draft import save_draft

    stored = find_case_of(desk, case)
    fields = {
        "body": desk.form.get("body", ""),
        "counter": _draft(desk) or 0,
        "files": list(dict.fromkeys(desk.fields.get("files", []) if files is None else files)),
        "seen": desk.form.get("version", "0") or "0",
    }
    if stored.case is not None and (fields["body"] or fields["files"]):
        save_draft(services(), stored.case, desk.caller.name, "reply", form_body(fields, DraftIn))


def _unversioned(command: "Command") -> "Command":
    """The command without the version that its form names: a reply looks itself at what came since."""
    from msgspec.structs import replace

    return replace(command, expected=None)


def _raising(error: AftercareError) -> Any:
    def do() -> object:
        raise error

    return do
