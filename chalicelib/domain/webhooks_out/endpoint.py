"""Webhooks out: where a shop wants to hear of its cases, what it hears, and when a delivery is tried again."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.secret import OLD_SECRET_LIFETIME_MS, Secret
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.kernel.validation import Input

MAX_ENDPOINTS = 10
ENDPOINT_NAME = r"^[a-z0-9][a-z0-9-]{0,39}\Z"
EVERY = "*"
RETRY_AFTER = (
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
"""From one try to the next, some 75 hours in all: the example schedule of the Standard Webhooks specification."""
LONGEST_WAIT = 24 * HOUR_MS
GONE = 410
MAX_ATTEMPTS = 30  # kept; replays begin anew

DeliveryState = Literal["waiting", "delivered", "failed"]


def public_event_type(event_type: str) -> str:
    """The type a fact goes out under: `flow_timed_out` as `flow.timed_out`."""
    return event_type.replace("_", ".", 1)


def event_types(facts: Iterable[type[Fact]]) -> tuple[str, ...]:
    """All types that events go out under, of the facts that are registered."""
    return tuple(public_event_type(str(fact.__struct_config__.tag)) for fact in facts)


class EndpointIn(Input, frozen=True):
    """An address of the shop that wants to hear of its cases; without types it hears of everything."""

    name: Annotated[str, Meta(pattern=ENDPOINT_NAME)]
    url: Annotated[str, Meta(pattern=r"^https?://[^\s\x00-\x20]+\Z", max_length=2_000)]
    types: Annotated[tuple[str, ...], Meta(max_length=100)] = ()


class EndpointsIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/endpoints`: all of them; one that is left out is removed."""

    endpoints: Annotated[tuple[EndpointIn, ...], Meta(max_length=MAX_ENDPOINTS)]


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An endpoint as it stands. One that answered 410 is disabled until it is put again."""

    name: str
    url: str
    types: tuple[str, ...] = ()
    disabled_at: Instant | None = None

    def wants(self, kind: str) -> bool:
        """Whether it hears of this type."""
        return self.disabled_at is None and (not self.types or kind in self.types)


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One try: what was answered (its status and beginning), or why nothing was."""

    at: Instant
    status: int | None = None
    answer: Private = ""
    seconds: float = 0.0
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """The endpoint took it."""
        return self.status is not None and 200 <= self.status < 300


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event on its way to one endpoint. Its id is the `webhook-id` of every try."""

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
    """Since it was made, or replayed."""
    attempts: tuple[Attempt, ...] = ()
    next_at: Instant | None = None
    whose: str = ""
    """The key of the customer it tells of."""
    money: str | None = None
    """Of a money request: the id of the money."""


def after_attempt(delivery: Delivery, attempt: Attempt) -> Delivery:
    """The delivery after a try: taken, to be tried again, or given up."""
    tried = replace(
        delivery, attempts=(*delivery.attempts, attempt)[-MAX_ATTEMPTS:], tries=delivery.tries + 1, next_at=None
    )
    if attempt.accepted:
        return replace(tried, state="delivered")
    if attempt.status == GONE or tried.tries > len(RETRY_AFTER):
        return replace(tried, state="failed")
    wished = min(round((attempt.retry_after or 0) * SECOND_MS), LONGEST_WAIT)
    return replace(tried, next_at=attempt.at + max(RETRY_AFTER[tried.tries - 1], wished))


def replayed(delivery: Delivery, at: Instant) -> Delivery:
    """The delivery to be tried anew, from the beginning of the schedule."""
    return replace(delivery, state="waiting", tries=0, next_at=at)


def wanted_types(endpoints: tuple[Endpoint, ...]) -> tuple[str, ...]:
    """The types any of a shop's endpoints wants to hear of; `*` for every type."""
    active = [one for one in endpoints if one.disabled_at is None]
    if any(not one.types for one in active):
        return (EVERY,)
    return tuple(sorted({kind for one in active for kind in one.types}))


def signing(secrets: tuple[Secret, ...], now: Instant) -> list[str]:
    """The secrets that sign now, the newest first."""
    return [one.secret for one in secrets if one.until is None or one.until > now]


def rotated(secrets: tuple[Secret, ...], new: str, now: Instant) -> tuple[Secret, ...]:
    """The secrets after a new one came: the last one signs besides it for a day, older ones no more."""
    last = [
        replace(one, until=min(one.until or now + OLD_SECRET_LIFETIME_MS, now + OLD_SECRET_LIFETIME_MS))
        for one in secrets[:1]
    ]
    return (Secret(new), *last)
