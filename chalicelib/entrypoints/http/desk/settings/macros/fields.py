"""The fields of the form of a macro, and the macro that they describe."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.composer.macros import MacroIn
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.settings.lists import joined, listed

if TYPE_CHECKING:
    from chalicelib.domain.composer.macros import Macro

TEXTS = ("name_zh", "name_en", "text_zh", "text_en", "note_zh", "note_en")
ACTIONS = ("tags_add", "tags_remove", "assignee", "team", "status", "snooze_hours", "snooze_event")
LINES = ("macro", *TEXTS, *ACTIONS, "archived")
EMPTY = dict.fromkeys((*LINES, "version"), "")
HOUR_SECONDS = 3600
ARCHIVED = "yes"


def content_of(form: dict[str, str], before: MacroIn | None) -> MacroIn:
    """The macro of a form that was sent. Its files stay as they were `before`: they are set by API. Invalid names the
    fields by their paths in the API."""
    texts = {name: form.get(name) or None for name in TEXTS}
    body: dict[str, Any] = {
        "name": {"zh": form.get("name_zh", ""), "en": form.get("name_en", "")},
        "text": {"zh": texts["text_zh"], "en": texts["text_en"]},
        "note": {"zh": texts["note_zh"], "en": texts["note_en"]} if texts["note_zh"] or texts["note_en"] else None,
        "files": before.files if before else (),
        "actions": _actions(form),
        "archived": form.get("archived") == ARCHIVED,
    }
    return form_body(body, MacroIn)


def _actions(form: dict[str, str]) -> dict[str, Any]:
    add, remove = listed(form.get("tags_add", "")), listed(form.get("tags_remove", ""))
    assignee, team = form.get("assignee") or None, form.get("team") or None
    seconds, event = _seconds(form.get("snooze_hours", "")), form.get("snooze_event") or None
    return {
        "tags": {"add": add, "remove": remove} if add or remove else None,
        "assign": {"assignee": assignee, "team": team} if assignee or team else None,
        "status": form.get("status") or None,
        "snooze": {"seconds": seconds, "event": event} if seconds is not None or event else None,
    }


def _seconds(hours: str) -> int | None:
    if not hours:
        return None
    if not hours.replace(".", "", 1).isdecimal() or len(hours) > 8:
        raise Invalid([("actions.snooze.seconds", "is a number of hours, such as 24 or 1.5")])
    return round(float(hours) * HOUR_SECONDS)


def values_of(macro: "Macro") -> dict[str, str]:
    """A macro as the fields of its form."""
    content, actions = macro.content, macro.content.actions
    values: dict[str, str | None] = {"macro": macro.id, "version": str(macro.version)}
    values |= {"name_zh": content.name.zh, "name_en": content.name.en}
    values |= {"text_zh": content.text.zh, "text_en": content.text.en}
    if content.note:
        values |= {"note_zh": content.note.zh, "note_en": content.note.en}
    if actions.tags:
        values |= {"tags_add": joined(actions.tags.add), "tags_remove": joined(actions.tags.remove)}
    if actions.assign:
        values |= {"assignee": actions.assign.assignee, "team": actions.assign.team}
    if actions.snooze:
        seconds = actions.snooze.seconds
        values |= {"snooze_event": actions.snooze.event}
        values |= {"snooze_hours": f"{seconds / HOUR_SECONDS:g}" if seconds else ""}
    values |= {"status": actions.status, "archived": ARCHIVED if content.archived else ""}
    return EMPTY | {name: value or "" for name, value in values.items()}
