"""Deliveries of webhooks, and a client that posts them nowhere."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, Endpoint
from chalicelib.usecases.ports.cases import Page


class FakeDeliveries:
    """Endpoints, and the deliveries to them."""

    def __init__(self) -> None:
        self.registered: tuple[Endpoint, ...] = ()
        self.stored: dict[str, Delivery] = {}
        self.claimed: set[str] = set()
        self.held_until = 0

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]:
        return self.registered

    def save_endpoints(self, shop: str, before: tuple[Endpoint, ...], after: tuple[Endpoint, ...]) -> bool:
        if self.registered != before:
            return False
        self.registered = after
        return True

    def hold(self, shop: str, now: Instant, until: Instant) -> bool:
        if self.held_until > now:
            return False
        self.held_until = until
        return True

    def release(self, shop: str, until: Instant) -> None:
        self.held_until = 0 if self.held_until == until else self.held_until

    def disable(self, shop: str, endpoint: Endpoint) -> None:
        self.registered = tuple(endpoint if other.name == endpoint.name else other for other in self.registered)

    def add(self, delivery: Delivery) -> bool:
        return self.stored.setdefault(key_of_id(delivery.id), delivery) is delivery

    def load(self, key: str) -> Delivery | None:
        return self.stored.get(key)

    def reserve(self, delivery: Delivery, now: Instant) -> bool:
        free = delivery.id not in self.claimed and self.stored[key_of_id(delivery.id)].tries == delivery.tries
        self.claimed.add(delivery.id)
        return free

    def settle(self, delivery: Delivery, now: Instant) -> None:
        self.claimed.discard(delivery.id)
        self.stored[key_of_id(delivery.id)] = delivery

    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("the table has the lists: see tests/integration")


@dataclass
class FakeWebhookClient:
    """Stores what is posted, and answers with the next of `answers`, or with 200."""

    answers: list[Attempt] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def objection(self, url: str) -> str | None:
        return None if url.startswith("https://") else "only https is allowed"

    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        self.posted.append((url, headers, body))
        return replace(self.answers.pop(0), at=now) if self.answers else Attempt(at=now, status=200)
