"""Ports for webhooks out. Times are milliseconds since 1970."""

from typing import Protocol

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, Endpoint
from chalicelib.usecases.ports.cases import Page


class DeliveryStore(Protocol):
    """The endpoints of shops, and the deliveries to them. Deliveries are stored for thirty days."""

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]:
        """A shop's endpoints, in the order the shop gave them."""

    def save_endpoints(self, shop: str, before: tuple[Endpoint, ...], after: tuple[Endpoint, ...]) -> bool:
        """Replace all endpoints of a shop. False if they are not those `before` any more: then nothing is changed."""

    def hold(self, shop: str, now: Instant, until: Instant) -> bool:
        """Keep others from changing a shop's endpoints until then, or until `release`. False while somebody else
        does."""

    def release(self, shop: str, until: Instant) -> None:
        """End the hold that was made until then; another one stays."""

    def disable(self, shop: str, endpoint: Endpoint) -> None:
        """Replace the endpoint of this name by the disabled one; nothing happens when the shop saves its endpoints at
        the same time."""

    def add(self, delivery: Delivery) -> bool:
        """Store a new delivery and have it attempted. False when it is stored already."""

    def load(self, key: str) -> Delivery | None:
        """The delivery with this key (the last part of its id); None when there is none."""

    def reserve(self, delivery: Delivery, now: Instant) -> bool:
        """Reserve the next attempt for a minute. False when another worker has it, or has made it already."""

    def settle(self, delivery: Delivery, now: Instant) -> None:
        """Store a delivery after an attempt or a replay, end the reservation, and set the timer of the next attempt."""

    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page:
        """A page of the deliveries to an endpoint, the newest first."""


class WebhookClient(Protocol):
    """Sends webhooks over HTTP."""

    def objection(self, url: str) -> str | None:
        """Why no webhook may be sent to this URL; None when one may."""

    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        """Post once, for 13 seconds at most. Never raises: a failed request is an attempt without a status."""
