"""Answers to every error that a caller can cause, as `application/problem+json` (RFC 9457)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from chalice.app import Response

from chalicelib.domain.kernel import errors
from chalicelib.observability import logger
from chalicelib.usecases.ports.cases import RetryLater

STATUS: dict[type[Exception], tuple[int, str]] = {
    errors.InvalidSignature: (401, "Not authentic"),
    errors.NotAllowed: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    errors.Conflict: (409, "Conflict"),
    errors.Expired: (410, "Over"),
    errors.Stale: (412, "Stale"),
    errors.TooLarge: (413, "Too large"),
    errors.Invalid: (422, "Not understood"),
    RetryLater: (503, "Busy"),
}
_JSON: dict[str, str | list[str]] = {"Content-Type": "application/problem+json"}


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers: dict[str, str | list[str]] = _JSON | ({"Retry-After": "1"} if status == 503 else {})
    return Response(body=msgspec.json.encode(body).decode(), status_code=status, headers=headers)


def as_problem(answer: Response) -> Response:
    """The answer; an error that Chalice itself answered becomes a problem document like ours."""
    body = answer.body
    if isinstance(body, dict) and "Code" in body:
        return problem(answer.status_code, "Not understood", str(body.get("Message", body["Code"])))
    return answer


def problem_of(error: Exception) -> Response | None:
    """The problem document for an error that a caller can cause; None for our own faults."""
    kind = next((kind for kind in type(error).__mro__ if kind in STATUS), None)
    if kind is None:
        return None
    status, title = STATUS[kind]
    if isinstance(error, errors.Invalid):
        listed = [{"path": path, "message": message} for path, message in error.errors]
        more = {"receipt": error.receipt} if error.receipt else {}
        return problem(status, title, str(error), errors=listed, **more)
    if isinstance(error, errors.Conflict) and error.allowed is not None:
        return problem(status, title, str(error), allowed=error.allowed)
    if isinstance(error, errors.Overtaken):
        return problem(status, title, str(error), unseen=error.unseen)
    return problem(status, title, str(error))


def answering(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a route so that its errors become problem documents. Our own faults are logged, and the answer says no
    more than that."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        try:
            return view(*args, **kwargs)
        except Exception as error:
            answer = problem_of(error)
            if answer is not None:
                logger.info("refused", extra={"status": answer.status_code, "error": type(error).__name__})
                return answer
            logger.exception("fault")
            return problem(500, "Our fault", "Something went wrong here, not with your request. It was logged.")

    return guarded
