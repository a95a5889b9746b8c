"""The port for the desk: its lists of open work, and what each agent has seen. Times are milliseconds since 1970."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.desk.bulk import Bulk
from chalicelib.domain.desk.views import Span
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.usecases.ports.cases import Page, StoredCase


class Listed(Struct, frozen=True, kw_only=True):
    """A case in a list of open work. `sort`: its place there, which is its next promise and its key; it is the cursor
    of a page that ends with it."""

    key: str
    list: str
    sort: str
    assignee: str | None = None
    team: str | None = None
    type: str = ""
    language: str = ""

    @property
    def due_at(self) -> Instant:
        """When its next promise is due; later than `FAR` if there is none."""
        return int(self.sort.partition("#")[0])


class Sample(Struct, frozen=True):
    """Some of the cases on the list of a day, by their keys, which are hashes: any part of them is a fair sample.
    `part`: which part of all keys they are from, 1 if they are all."""

    keys: tuple[str, ...]
    part: float = 1.0


class DeskStore(Protocol):
    """The lists of open work. They may be a moment behind the cases."""

    def listed(self, shop: str, span: Span, after: str | None, page: int) -> Iterator[Listed]:
        """The cases of these lists, merged, by their next promise; each list is read `page` at a time as it is
        used, the first pages at the same time."""

    def first(self, shop: str, span: Span, most: int) -> list[list[Listed]]:
        """The first `most` cases of each of these lists, read at the same time."""

    def assigned(self, shop: str, agents: Sequence[str], most: int) -> list[list[str]]:
        """The keys of the open cases that are assigned to each of these agents and not snoozed, `most` of each, read at
        the same time."""

    def cases(self, keys: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys that are open or were, by key, without private text."""

    def samples(self, shop: str, day: Day, most: int) -> list[Sample]:
        """The cases on the list of a day, from each of its shards; of the first `most` entries of each at most."""

    def counted(self, shop: str, day: Day, after: str | None, most: int) -> Page:
        """A page of the keys of the cases on the list of a day, each once; of `most` entries at most."""

    def seen(self, shop: str, agent: str, keys: Iterable[str]) -> dict[str, int]:
        """The versions at which an agent saw these cases last, by key; without those that they never saw."""

    def mark_seen(self, shop: str, agent: str, key: str, version: int, now: Instant) -> None:
        """Store that an agent has seen a case at this version, unless they have seen a later one."""

    def fill(self, shop: str, now: Instant, until: Instant) -> bool:
        """List the open cases that an earlier version of the code left out, as far as that goes until this time;
        whether all are listed."""


class BulkStore(Protocol):
    """Bulk commands of the last week, by their keys."""

    def load(self, shop: str, key: str) -> Bulk | None:
        """The bulk command with this key; None if there is none."""

    def plan(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        """Store a plan; the stored one if there is one with this key."""

    def save(self, shop: str, bulk: Bulk, now: Instant) -> Bulk:
        """Store a bulk command with its outcomes; the command as it is stored. VersionConflict if it was stored anew
        since it was loaded."""
