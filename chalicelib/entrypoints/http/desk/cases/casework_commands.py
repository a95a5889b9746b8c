"""The forms that keep a case in order: snooze, tags, links, merge and split."""

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http.desk.cases.commands import filled, local_time
from chalicelib.entrypoints.http.desk.cases.forms import form_body, run_command
from chalicelib.entrypoints.http.desk.cases.pages import handle_form
from chalicelib.entrypoints.http.desk.context import Desk


def snooze(desk: Desk, case: str) -> Response:
    """Put the case off until a time or until something happens."""
    from chalicelib.domain.casework.payloads import SnoozeUntil
    from chalicelib.usecases.casework import snooze_case

    def body() -> SnoozeUntil:
        return form_body(filled(desk, "event") | local_time(desk, "until"), SnoozeUntil)

    return _command(desk, case, "snooze", snooze_case.snooze, body)


def unsnooze(desk: Desk, case: str) -> Response:
    """End the snooze."""
    from chalicelib.domain.casework.payloads import Unsnooze
    from chalicelib.usecases.casework import snooze_case

    return _command(desk, case, "snooze", snooze_case.unsnooze, Unsnooze)


def tags(desk: Desk, case: str) -> Response:
    """Add tags, which stand with commas between them, or remove one."""
    from chalicelib.domain.casework.payloads import TagChange
    from chalicelib.usecases.casework import tag_case

    def body() -> TagChange:
        texts = {name: desk.form.get(name, "").replace("，", ",").split(",") for name in ("add", "remove")}
        return form_body(
            {name: [tag.strip() for tag in listed if tag.strip()] for name, listed in texts.items()}, TagChange
        )

    return _command(desk, case, "tags", tag_case.change_tags, body)


def links(desk: Desk, case: str) -> Response:
    """Link the case with the one of a number, or remove the link to a case."""
    from chalicelib.domain.casework.payloads import LinkChange
    from chalicelib.usecases.casework import link_cases

    def body() -> LinkChange:
        number = desk.form.get("number", "")
        add = [_numbered(desk, number)] if number else []
        return form_body({"add": add, "remove": [*filled(desk, "remove").values()]}, LinkChange)

    return _command(desk, case, "links", link_cases.change_links, body)


def merge(desk: Desk, case: str) -> Response:
    """Merge the case into the one of a number."""
    from chalicelib.domain.casework.payloads import MergeInto
    from chalicelib.usecases.casework import merge_cases

    def body() -> MergeInto:
        is_same = desk.form.get("same_person", "") == "yes"
        return MergeInto(into=_numbered(desk, desk.form.get("number", "")), same_person=is_same)

    return _command(desk, case, "merge", merge_cases.merge, body)


def unmerge(desk: Desk, case: str) -> Response:
    """Take a case out again that was merged into this one."""
    from chalicelib.domain.casework.payloads import Unmerge
    from chalicelib.usecases.casework import merge_cases

    return _command(
        desk, case, "merge", merge_cases.unmerge, lambda: form_body({"case": desk.form.get("case", "")}, Unmerge)
    )


def split(desk: Desk, case: str) -> Response:
    """Take messages of the customer to a new case."""
    from chalicelib.domain.casework.payloads import Split
    from chalicelib.usecases.casework import split_case

    def body() -> Split:
        fields = {"events": desk.fields.get("events", []), "subject": desk.form.get("subject", "")}
        return form_body(fields | filled(desk, "type"), Split)

    return _command(desk, case, "split", split_case.split, body)


def _command(desk: Desk, case: str, form: str, use_case: Callable[..., Any], body: Callable[[], Any]) -> Response:
    """Have a use case handle a form; what is wrong in it is said on the page."""

    def do() -> None:
        parsed = body()
        run_command(desk, case, lambda services, command: use_case(services, command, parsed))

    return handle_form(desk, case, form, do)


def _numbered(desk: Desk, number: str) -> str:
    """The id of the open shop's case with this number. Invalid if it has none."""
    key = services().cases.numbered(desk.shop.id, number.strip().upper()) if number.strip() else None
    stored = services().cases.load(key) if key else None
    if stored is None or stored.case is None:
        raise invalid("number", "is no number of a case")
    return stored.case.id
