"""What the routes about one case share: who may see it, handling a command once, and the answer with the case."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalice.app import Request, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.callers import caller_of, need_shop
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.idempotency import expected_version, idempotency_of, run_once
from chalicelib.entrypoints.http.requests import T, answer, body_of
from chalicelib.observability import about, logger

if TYPE_CHECKING:
    from chalicelib.usecases.cases.read_case import CaseFile
    from chalicelib.usecases.ports.cases import IdempotencyRecord, StoredCase


def run_command(
    request: Request, case: str, shape: type[T], use_case: "Callable[..., StoredCase]", status: int = 200
) -> Response:
    """Have a use case handle the request's command on a case; the answer with the case after it.

    `shape` is the type of the body; `use_case` takes services, command and body. The access is recorded by the event
    that the command stores, or else by itself, before anything is shown.
    """
    from chalicelib.domain.cases.events import Event
    from chalicelib.usecases.cases.handle_command import Command
    from chalicelib.usecases.cases.read_case import load_case_files, read_ahead_of_answer, with_money
    from chalicelib.usecases.customers.read_accesses import is_recorded_by
    from chalicelib.usecases.side_conversations.read_sides import with_sides

    seen = _find(request, case)
    assert seen.case is not None
    body = body_of(request, shape)
    caller = caller_of(request)
    idempotency = idempotency_of(request, caller)
    written: list[Event] = []
    command = Command(
        case=case,
        shop=seen.case.shop,
        by=caller.actor,
        expected=expected_version(request),
        idempotency=idempotency,
        seen=seen,
        committed=written.extend,
    )

    def do() -> "CaseFile":
        read_ahead_of_answer(services(), seen)
        return load_case_files(services(), [use_case(services(), command, body)])[0]

    file = handle_once(idempotency, do)
    if not is_recorded_by(written, caller.actor):
        note_access(request, [seen.case.customer], "case")
    return case_answer(with_sides(services(), with_money(services(), file)), status)


def handle_once(idempotency: "IdempotencyRecord | None", do: "Callable[[], CaseFile]") -> "CaseFile":
    """Handle a request about a case, or give the case as it was after the same request before."""
    from chalicelib.usecases.cases.read_case import case_at_version, find_case, load_case_files

    def again(before: "IdempotencyRecord") -> "CaseFile":
        stored = case_at_version(services(), find_case(services(), before.case), before.version)
        return load_case_files(services(), [stored])[0]

    return run_once(idempotency, services().cases.answered, do, again)


def find_visible(request: Request, identifier: str) -> "StoredCase":
    """The case with this id, if the caller may see it; NotFound otherwise. The access is recorded."""
    stored = _find(request, identifier)
    assert stored.case is not None
    note_access(request, [stored.case.customer], "case")
    return stored


def _find(request: Request, identifier: str) -> "StoredCase":
    from chalicelib.usecases.cases.read_case import find_case

    stored = find_case(services(), identifier)
    assert stored.case is not None
    need_shop(request, stored.case.shop, f"case {identifier!r}")
    about(stored.key)
    return stored


def case_answer(file: "CaseFile", status: int = 200) -> Response:
    """The answer that shows a case."""
    logger.info("case", extra={"case": file.case.id, "version": file.version})
    return answer(case_view(file), status, {"ETag": f'"{file.version}"'})
