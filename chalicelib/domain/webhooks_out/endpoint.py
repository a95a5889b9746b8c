"""Webhooks out: a shop's endpoints, the event types they receive, and when a delivery is retried."""

from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zlib import crc32

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.secret import OLD_SECRET_LIFETIME_MS, Secret
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.kernel.validation import Input

MAX_ENDPOINTS = 10
MAX_SECRETS = 5
ENDPOINT_NAME = r"^[a-z0-9][a-z0-9-]{0,39}\Z"
EVERY = "*"
RETRY_DELAYS_MS = (
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
)
"""The delay after each attempt, some 75 hours in all: the example schedule of the Standard Webhooks specification."""
MAX_DELAY_MS = 24 * HOUR_MS
GONE = 410
MAX_ATTEMPTS = 30  # how many attempts a delivery stores, over all replays

TEST = "endpoint.tested"
"""The type of a delivery that somebody sent to try an endpoint; no event has it."""

INSIGHT = "insight.raised"
"""The type of a delivery with an alert of a run (`domain/insights/findings.py`); no event of a case has it."""

DeliveryState = Literal["waiting", "delivered", "failed"]


def public_event_type(event_type: str) -> str:
    """The public type of an event: `flow.timed_out` for `flow_timed_out`."""
    return event_type.replace("_", ".", 1)


def event_types(facts: Iterable[type[Fact]]) -> tuple[str, ...]:
    """The public types of all registered facts, without internal ones, and of what else endpoints receive."""
    return (*(public_event_type(str(fact.__struct_config__.tag)) for fact in facts if not fact.internal), INSIGHT)


class EndpointIn(Input, frozen=True):
    """A URL of the shop that receives webhooks about its cases; without types it receives all of them."""

    name: Annotated[str, Meta(pattern=ENDPOINT_NAME)]
    url: Annotated[str, Meta(pattern=r"^https?://[^\s\x00-\x20]+\Z", max_length=2_000)]
    types: Annotated[tuple[str, ...], Meta(max_length=100)] = ()


class EndpointsIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/endpoints`: all endpoints; those that are left out are removed."""

    endpoints: Annotated[tuple[EndpointIn, ...], Meta(max_length=MAX_ENDPOINTS)]


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored endpoint. One that answered 410 is disabled until the shop saves it again."""

    name: str
    url: str
    types: tuple[str, ...] = ()
    disabled_at: Instant | None = None

    def wants(self, event_type: str) -> bool:
        """Whether it receives events of this public type."""
        return self.disabled_at is None and (not self.types or event_type in self.types)


def version_of(endpoints: tuple[Endpoint, ...]) -> int:
    """A number of nine digits at most that is another one once a shop's endpoints have changed."""
    return crc32(msgspec.json.encode(endpoints)) % 1_000_000_000


def without_secrets(endpoints: tuple[Endpoint, ...]) -> dict[str, dict[str, str]]:
    """The endpoints by name as changes of settings show them: a URL without its query, which may be a
    secret."""
    return {each.name: {"url": _plain(each.url), "types": ", ".join(each.types)} for each in endpoints}


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?…" if parts.query else "")


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One attempt: the status and the beginning of the answer, or why there was none."""

    at: Instant
    status: int | None = None
    answer: Private = ""
    seconds: float = 0.0
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the endpoint answered with a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The delivery of one event to one endpoint. Its id is the `webhook-id` of every attempt."""

    id: str
    shop: str
    endpoint: str
    type: str
    case: str
    event: str = ""
    body: Private
    at: Instant
    state: DeliveryState = "waiting"
    tries: int = 0
    """The attempts since it was created or replayed."""
    attempts: tuple[Attempt, ...] = ()
    next_at: Instant | None = None
    whose: str = ""
    """The key of the customer the event is about; their key encrypts the delivery."""
    money: str | None = None
    """The id of the money, if it is a request to pay money."""


def after_attempt(delivery: Delivery, attempt: Attempt) -> Delivery:
    """The delivery after an attempt: delivered, waiting for the next attempt, or failed."""
    attempted = replace(
        delivery, attempts=(*delivery.attempts, attempt)[-MAX_ATTEMPTS:], tries=delivery.tries + 1, next_at=None
    )
    if attempt.accepted:
        return replace(attempted, state="delivered")
    if attempt.status == GONE or attempted.tries > len(RETRY_DELAYS_MS):
        return replace(attempted, state="failed")
    requested_delay = min(round((attempt.retry_after or 0) * SECOND_MS), MAX_DELAY_MS)
    return replace(attempted, next_at=attempt.at + max(RETRY_DELAYS_MS[attempted.tries - 1], requested_delay))


def replayed(delivery: Delivery, next_at: Instant) -> Delivery:
    """The delivery waiting for its next attempt, from the start of the schedule."""
    return replace(delivery, state="waiting", tries=0, next_at=next_at)


def wanted_types(endpoints: tuple[Endpoint, ...]) -> tuple[str, ...]:
    """The public types that any active endpoint of a shop receives; `*` for every type."""
    active = [endpoint for endpoint in endpoints if endpoint.disabled_at is None]
    if any(not endpoint.types for endpoint in active):
        return (EVERY,)
    return tuple(sorted({event_type for endpoint in active for event_type in endpoint.types}))


def active_secrets(secrets: tuple[Secret, ...], now: Instant) -> list[str]:
    """The secrets that sign now, the newest first."""
    return [secret.secret for secret in secrets if secret.until is None or secret.until > now]


def rotated(secrets: tuple[Secret, ...], new: str, now: Instant) -> tuple[Secret, ...]:
    """The secrets after a rotation: those before stay valid until a day after they were replaced. Whoever rotates twice
    does not end the one that the receiver still has."""
    expires_at = now + OLD_SECRET_LIFETIME_MS
    previous = [secret if secret.until else replace(secret, until=expires_at) for secret in secrets]
    return (Secret(new), *(secret for secret in previous if (secret.until or 0) > now))[:MAX_SECRETS]
