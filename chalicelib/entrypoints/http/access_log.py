"""Every reading of personal data by staff is noted: who, what, of whom, in which hour."""

from collections.abc import Iterable

from chalice.app import Request

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.ids import KEY_LENGTH
from chalicelib.entrypoints.http.requests import caller_of
from chalicelib.observability import logger


def note_access(request: Request, customers: Iterable[str], what: str) -> None:
    """Note that the caller reads of these customers, named by id or key. What cannot be noted is not given."""
    keys = sorted({customer[-KEY_LENGTH:] for customer in customers if customer})
    if keys:
        services().identities.read_of(keys, caller_of(request).name, what, services().now())
        logger.info("read of people", extra={"what": what, "people": len(keys)})
