"""Commands on many cases of the queue at once, and their undo."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.desk.bulk import BulkIn, Outcome, UndoIn
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page, see_other
from chalicelib.entrypoints.http.desk.queue import bulk_macro

COMMANDS = ("assign", "status", "tags", "macro")
ARGUMENTS = ("command", "assignee", "status", "reason", "tag", "macro", "reply", "confirmed")


def run(desk: Desk) -> Response:
    """Give a command to the selected cases, or to all of the view; the page says what came of each."""
    from chalicelib.usecases.desk.bulk.run_bulk import run_bulk

    view, is_all = desk.form.get("view", "all"), desk.form.get("all") == "1"
    if not is_all and not desk.fields.get("cases"):
        return see_other(desk.address("queue?" + urlencode({"view": view, "unselected": "1"})))
    if desk.form.get("command") == "macro" and not bulk_macro.is_confirmed(desk):
        return bulk_macro.ask(desk)
    fields: dict[str, Any] = {
        "shop": desk.shop.id,
        "command": desk.form.get("command", ""),
        "body": msgspec.Raw(msgspec.json.encode(_body(desk))),
        "key": desk.form.get("key", ""),
        **({"view": view, "after": desk.form.get("after") or None} if is_all else {"cases": desk.fields["cases"]}),
    }
    bulk = run_bulk(services(), form_body(fields, BulkIn), desk.caller.actor)
    again = {name: desk.form[name] for name in ARGUMENTS if desk.form.get(name)} | {"after": bulk.next or ""}
    return _outcomes(desk, bulk.outcomes, view, again=again if bulk.next else {})


def undo(desk: Desk) -> Response:
    """Undo such a command, where nobody changed the case since."""
    from chalicelib.usecases.desk.bulk.run_bulk import undo_bulk

    fields = {"shop": desk.shop.id, "key": desk.form.get("key", "")}
    bulk = undo_bulk(services(), form_body(fields, UndoIn), desk.caller.actor)
    return _outcomes(desk, bulk.undone, desk.form.get("view", "all"), is_undone=True)


def _outcomes(desk: Desk, outcomes: tuple[Outcome, ...], view: str, **more: Any) -> Response:
    """The page with what came of each case. `again`: the fields of the form that goes on with a view of more cases."""
    values = {"is_undone": False, "again": {}, "key": desk.form.get("key", "")} | more
    return page(desk, "bulk.html", outcomes=outcomes, view=view, **values)


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
    if command == "macro":
        return {"macro": form.get("macro", ""), "reply": form.get("reply") == "1"}
    raise invalid("command", f"is one of {', '.join(COMMANDS)}")
