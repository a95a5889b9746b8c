"""What all routes about one case share: who may see it, doing something to it once, and showing what it came to."""

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import requests
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.cases.views import case_view
from chalicelib.entrypoints.http.requests import answer, body_of, need_shop
from chalicelib.observability import about, logger
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.read_case import CaseFile, as_of, find_case, open_files, with_money
from chalicelib.usecases.ports import IdempotencyRecord, StoredCase


def work(
    request: Request, case: str, shape: type[requests.T], command: Callable[..., StoredCase], status: int = 200
) -> Response:
    """Carry out what is asked of a case, and show the case after it."""
    seen = visible(request, case)
    assert seen.case is not None
    body, caller = body_of(request, shape), requests.caller_of(request)
    idempotency, expected = requests.once_of(request, caller), requests.expected_version(request)
    asked = Command(
        case=case, shop=seen.case.shop, by=caller.actor, expected=expected, idempotency=idempotency, seen=seen
    )
    file = once_only(idempotency, lambda: open_files(services(), [command(services(), asked, body)])[0])
    return shown(with_money(services(), file), status)


def once_only(idempotency: IdempotencyRecord | None, do: Callable[[], CaseFile]) -> CaseFile:
    """Carry a request out, or show what it came to before."""

    def again(before: IdempotencyRecord) -> CaseFile:
        return open_files(services(), [as_of(services(), find_case(services(), before.case), before.version)])[0]

    return requests.once_only(idempotency, services().cases.answered, do, again)


def visible(request: Request, identifier: str) -> StoredCase:
    """The case, which the caller may see."""
    stored = find_case(services(), identifier)
    assert stored.case is not None
    need_shop(request, stored.case.shop, f"case {identifier!r}")
    about(stored.key)
    note_access(request, [stored.case.customer], "case")
    return stored


def shown(file: CaseFile, status: int = 200) -> Response:
    """The answer that shows a case."""
    logger.info("case", extra={"case": file.case.id, "version": file.version})
    return answer(case_view(file), status, {"ETag": f'"{file.version}"'})
