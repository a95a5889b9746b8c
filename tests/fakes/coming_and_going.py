"""Receipts, webhooks out and files, in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, Endpoint
from chalicelib.usecases import ports
from chalicelib.usecases.ports import Page


class FakeReceipts:
    def __init__(self) -> None:
        self.kept: dict[str, ports.Receipt] = {}

    def add(self, receipt: ports.Receipt) -> ports.Receipt | None:
        seen = self.kept.get(key_of_id(receipt.id))
        if seen is None:
            self.kept[key_of_id(receipt.id)] = receipt
        return seen

    def load(self, identifier: str) -> ports.Receipt | None:
        return self.kept.get(key_of_id(identifier))

    def load_many(self, keys: Iterable[str]) -> list[ports.Receipt]:
        return [self.kept[key] for key in keys if key in self.kept]

    def settle(self, identifier: str, state: ports.ReceiptState, case: str | None, reason: str | None) -> None:
        old = self.kept[key_of_id(identifier)]
        self.kept[key_of_id(identifier)] = replace(
            old, state=state, case=case or old.case, reason=reason, attempts=old.attempts + 1
        )


class FakeDeliveries:
    def __init__(self) -> None:
        self.known: tuple[Endpoint, ...] = ()
        self.kept: dict[str, Delivery] = {}
        self.claimed: set[str] = set()

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]:
        return self.known

    def save_endpoints(self, shop: str, endpoints: tuple[Endpoint, ...]) -> None:
        self.known = endpoints

    def disable(self, shop: str, endpoint: Endpoint) -> None:
        self.known = tuple(endpoint if one.name == endpoint.name else one for one in self.known)

    def add(self, delivery: Delivery) -> bool:
        return self.kept.setdefault(key_of_id(delivery.id), delivery) is delivery

    def load(self, key: str) -> Delivery | None:
        return self.kept.get(key)

    def reserve(self, delivery: Delivery, now: Instant) -> bool:
        free = delivery.id not in self.claimed and self.kept[key_of_id(delivery.id)].tries == delivery.tries
        self.claimed.add(delivery.id)
        return free

    def settle(self, delivery: Delivery, now: Instant) -> None:
        self.claimed.discard(delivery.id)
        self.kept[key_of_id(delivery.id)] = delivery

    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("lists are the table's business: tests/integration")


@dataclass
class FakeCourier:
    """Keeps what is posted; answers with the next of `answers`, or with 200."""

    answers: list[Attempt] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def objection(self, url: str) -> str | None:
        return None if url.startswith("https://") else "only https is allowed"

    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        self.posted.append((url, headers, body))
        return replace(self.answers.pop(0), at=now) if self.answers else Attempt(at=now, status=200)


class FakeUploads:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def sign_form(self, key: str, max_bytes: int, return_url: str) -> ports.Upload:
        return ports.Upload("https://bucket.example.com/", {"key": key, "success_action_redirect": return_url})

    def read(self, key: str, max_bytes: int) -> bytes | None:
        found = self.files.get(key)
        return None if found is None else found[:max_bytes]

    def save(self, key: str, data: bytes, media_type: str) -> None:
        self.files[key] = data

    def move(self, key: str, to: str) -> None:
        if key in self.files:
            self.files[to] = self.files.pop(key)

    def remove(self, key: str) -> None:
        self.files.pop(key, None)

    def remove_below(self, prefix: str) -> int:
        gone = [key for key in self.files if key.startswith(prefix)]
        for key in gone:
            del self.files[key]
        return len(gone)

    def sign_link(self, key: str) -> str:
        return f"https://bucket.example.com/{key}?signed"
