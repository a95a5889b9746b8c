"""Records whenever staff read personal data: who read what, of which customers, in which hour."""

from collections.abc import Iterable

from chalice.app import Request

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.ids import KEY_LENGTH
from chalicelib.entrypoints.http.callers import caller_of
from chalicelib.observability import logger


def note_access(request: Request, customers: Iterable[str], what: str) -> None:
    """Record that the caller reads the data of these customers, given by ids or keys. It comes before the answer: what
    cannot be recorded is not shown."""
    keys = sorted({customer[-KEY_LENGTH:] for customer in customers if customer})
    if keys:
        services().identities.record_access(keys, caller_of(request).name, what, services().now())
        logger.info("read of people", extra={"what": what, "people": len(keys)})
