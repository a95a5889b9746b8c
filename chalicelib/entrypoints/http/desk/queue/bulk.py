"""Commands on many cases of the queue at once, and their undo."""

from typing import Any

import msgspec
from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.desk.bulk import BulkIn, UndoIn
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page

COMMANDS = ("assign", "status", "tags")


def run(desk: Desk) -> Response:
    """Give a command to the selected cases, or to all of the view; the page says what came of each."""
    from chalicelib.usecases.desk.bulk.run_bulk import run_bulk

    form = desk.form
    is_all = form.get("all") == "1"
    fields: dict[str, Any] = {
        "shop": desk.shop.id,
        "command": form.get("command", ""),
        "body": msgspec.Raw(msgspec.json.encode(_body(desk))),
        "key": form.get("key", ""),
        "view" if is_all else "cases": form.get("view", "all") if is_all else desk.fields.get("cases", []),
    }
    if is_all and form.get("after"):
        fields["after"] = form["after"]
    if not is_all and not desk.fields.get("cases"):
        raise invalid("cases", "no case is selected: tick some rows first")
    bulk = run_bulk(services(), form_body(fields, BulkIn), desk.caller.actor)
    return page(desk, "bulk.html", bulk=bulk, outcomes=bulk.outcomes, is_undone=False, view=form.get("view", "all"))


def undo(desk: Desk) -> Response:
    """Undo such a command, where nobody changed the case since."""
    from chalicelib.usecases.desk.bulk.run_bulk import undo_bulk

    fields = {"shop": desk.shop.id, "key": desk.form.get("key", "")}
    bulk = undo_bulk(services(), form_body(fields, UndoIn), desk.caller.actor)
    return page(desk, "bulk.html", bulk=bulk, outcomes=bulk.undone, is_undone=True, view=desk.form.get("view", "all"))


def _body(desk: Desk) -> dict[str, Any]:
    """The body of the command that was chosen, as the API takes it."""
    command, form = desk.form.get("command", ""), desk.form
    if command == "assign":
        return {"assignee": form.get("assignee") or None}
    if command == "status":
        status = form.get("status", "")
        if status not in STATUSES:
            raise invalid("status", f"is one of {', '.join(STATUSES)}")
        return {"status": status} | ({"reason": form["reason"]} if form.get("reason") else {})
    if command == "tags":
        return {"add": [form["tag"]] if form.get("tag") else []}
    raise invalid("command", f"is one of {', '.join(COMMANDS)}")
