"""The forms of a case on the desk. Each has the command of the API behind it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.validation import T, to_invalid
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.idempotency import record_of, run_once
from chalicelib.observability import about

if TYPE_CHECKING:
    from chalicelib.usecases.ports.cases import StoredCase


def form_body(fields: dict[str, Any], shape: type[T]) -> T:
    """The fields of a form as the body of a command; texts become numbers and truth values where the type says so.
    Invalid says which field is wrong."""
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as error:
        raise to_invalid(error) from None


def run_command(
    desk: Desk, case: str, use_case: "Callable[..., StoredCase]", again: Callable[[], object] = lambda: None
) -> "StoredCase":
    """Have a use case handle a form's command on a case of the open shop; the case after it.

    The form's field `key` makes it happen once, however often it is sent; its field `version`, if it has one, is the
    version that the case must have. `use_case` takes services and the command; `again` is done instead when it was
    done before.
    """
    from chalicelib.domain.cases.events import Event
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.customers.read_accesses import is_recorded_by

    seen = find_case_of(desk, case)
    assert seen.case is not None
    written: list[Event] = []
    key = desk.form.get("key", "")[:255]
    command = Command(
        case=case,
        shop=seen.case.shop,
        by=desk.caller.actor,
        expected=desk.number("version"),
        idempotency=record_of(desk.caller, key, _content(desk)) if key else None,
        seen=seen,
        committed=written.extend,
    )

    def repeat(_: object) -> "StoredCase":
        again()
        return find_case_of(desk, case)

    after = run_once(command.idempotency, services().cases.answered, lambda: use_case(services(), command), repeat)
    if not is_recorded_by(written, desk.caller.actor):
        note_access(desk.request, [seen.case.customer], "case")
    return after


def _content(desk: Desk) -> bytes:
    """What a form asks for; its token is that of the page from which it was sent."""
    fields = sorted((name, value) for name, value in desk.form.items() if name != "form_token")
    return f"{desk.request.context.get('path', '')}\n{fields}".encode()


def case_address(desk: Desk, case: str, view: str, area: str) -> str:
    """The address of an area of a case's page, in the view from which the case was opened, if there is one."""
    query = f"?view={view}" if view.isidentifier() else ""
    return desk.address(f"cases/{case}{query}#{area}")


def find_case_of(desk: Desk, case: str) -> "StoredCase":
    """The case with this id. NotFound unless it is a case of the shop that is open."""
    from chalicelib.usecases.cases.read_case import find_case

    stored = find_case(services(), case)
    if stored.case is None or stored.case.shop != desk.shop_id:
        raise NotFound("There is no such page.")
    about(stored.key)
    return stored
