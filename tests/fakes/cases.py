"""Cases, claims and the roster in memory, with the same conflicts as the table's."""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.routing.routing import Agent, AgentStatus, Presence, RoutingRequest, routing_request
from chalicelib.domain.timers.due_timers import Timer
from chalicelib.usecases.ports import (
    AlreadyAnswered,
    AlreadyStored,
    AtCapacity,
    Change,
    IdempotencyRecord,
    NumberTaken,
    Page,
    StoredCase,
    VersionConflict,
)


class FakeRoster:
    """Counts in the same step in which a case is written, as the table does."""

    def __init__(self) -> None:
        self.kept: dict[str, AgentStatus] = {}
        self.waiting: dict[str, RoutingRequest] = {}
        self.work: dict[str, set[str]] = {}
        self.nudged: list[str] = []
        self.woken: list[tuple[str, Instant]] = []

    def statuses(self, shop: str) -> list[AgentStatus]:
        return list(self.kept.values())

    def status(self, shop: str, agent: str) -> AgentStatus | None:
        return self.kept.get(agent)

    def save(self, shop: str, agent: Agent) -> None:
        self.kept[agent.id] = replace(self.kept.get(agent.id, AgentStatus(agent=agent)), agent=agent)

    def leave(self, shop: str, agent: str) -> None:
        self.kept.pop(agent, None)

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        self.kept[agent] = replace(self.kept[agent], here=state == "here")
        if state == "here":
            self.request_matching(shop, now)

    def request_matching(self, shop: str, now: Instant) -> None:
        self.nudged.append(shop)

    def schedule_matching(self, shop: str, agent: str, at: Instant, now: Instant) -> None:
        self.woken.append((agent, at))

    def queue(self, shop: str, most: int) -> list[RoutingRequest]:
        return [self.waiting[place] for place in sorted(self.waiting)][:most]

    def assigned(self, shop: str, agent: str) -> list[str]:
        return sorted(self.work.get(agent, ()))

    def check(self, change: Change) -> None:
        old, new = (one.case.routing.held_by if one.case else None for one in (change.before, change.after))
        if old != new and new is not None:
            post = self.kept.get(new)
            if post is None or not post.here or not post.has_room:
                raise AtCapacity(new)

    def write(self, change: Change) -> None:
        key, before, after = change.before.key, change.before.case, change.after.case
        old, new = (one.routing.held_by if one else None for one in (before, after))
        if old != new:
            self._count(old, -1, key)
            self._count(new, 1, key)
        was, stands = (routing_request(key, one) if one and one.routing.queued else None for one in (before, after))
        if was is not None and (stands is None or stands.urgency != was.urgency):
            self.waiting.pop(f"{was.urgency}#{key}", None)
        if stands is not None and stands != was:
            self.waiting[f"{stands.urgency}#{key}"] = stands

    def _count(self, agent: str | None, by: int, key: str) -> None:
        if agent is None:
            return
        held = self.work.setdefault(agent, set())
        held.add(key) if by > 0 else held.discard(key)
        if agent in self.kept:
            self.kept[agent] = replace(self.kept[agent], load=self.kept[agent].load + by)


class FakeCases:
    def __init__(self, roster: "FakeRoster | None" = None) -> None:
        self.roster = roster or FakeRoster()
        self.headers: dict[str, StoredCase] = {}
        self.stories: dict[str, dict[str, Event]] = {}
        self.numbers: dict[str, str] = {}
        self.onces: dict[str, IdempotencyRecord] = {}
        self.ledgers: dict[str, int] = {}
        self.timers: list[tuple[str, Timer]] = []
        self.dirty: set[tuple[str, str]] = set()
        self.races = 0  # the next so many commits are beaten by somebody else

    def load(self, key: str) -> StoredCase:
        return self.headers.get(key, StoredCase(key=key))

    def load_many(self, keys: Iterable[str]) -> dict[str, StoredCase]:
        return {key: self.load(key) for key in keys}

    def events(self, key: str) -> list[Event]:
        return sorted(self.stories.get(key, {}).values(), key=lambda event: event.order)

    def opening(self, keys: Iterable[str]) -> dict[str, CaseOpened]:
        facts = {key: self.stories[key]["0"].fact for key in keys}
        return {key: fact for key, fact in facts.items() if isinstance(fact, CaseOpened)}

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        later = [event for event in self.events(key) if event.order > (after or "")]
        return Page(later[:limit], later[limit - 1].order if len(later) > limit else None)

    def commit(self, change: Change) -> None:
        if self.races:
            self.races -= 1
            raise VersionConflict
        self._check(change)
        self.roster.check(change)
        self._write(change)

    def _check(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        story = self.stories.setdefault(key, {})
        counted = change.ledger is None or self.ledger(change.shop.id, change.ledger.order) == change.ledger.version
        if self.load(key).version != change.before.version or not counted:
            raise VersionConflict
        if any(event.order in story for event in change.events):
            raise AlreadyStored
        if case is not None and change.before.case is None and self.numbers.get(case.number, key) != key:
            raise NumberTaken
        if change.idempotency and change.idempotency.key in self.onces:
            raise AlreadyAnswered(self.onces[change.idempotency.key])

    def _write(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        if change.ledger is not None:
            self.ledgers[plain_name(change.ledger.order)] = change.ledger.version + 1
        self.headers[key] = change.after
        self.roster.write(change)
        self.stories[key].update({event.order: event for event in change.events})
        if case is not None:
            self.numbers[case.number] = key
        if change.idempotency:
            self.onces[change.idempotency.key] = change.idempotency
        if change.timer:
            self.timers.append((key, change.timer))
        self.dirty |= {(day, key) for day in change.dirty}

    def set_timer(self, key: str, timer: Timer) -> None:
        self.timers.append((key, timer))

    def delete_orphaned_events(self, stored: StoredCase, events: list[Event]) -> None:
        self.headers.pop(stored.key, None)
        self.stories.pop(stored.key, None)

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        if customer is None:
            raise NotImplementedError("lists are the table's business: tests/integration")
        theirs = [one for one in self.headers.values() if one.case and key_of_id(one.case.customer) == customer]
        return Page(theirs[:limit])

    def numbered(self, shop: str, number: str) -> str | None:
        return self.numbers.get(number)

    def ledger(self, shop: str, order: str) -> int:
        return self.ledgers.get(plain_name(order), 0)

    def of_order(self, shop: str, order: str) -> list[str]:
        openings = self.opening([key for key, story in self.stories.items() if "0" in story])
        return [
            key for key, one in openings.items() if one.order and plain_name(one.order.external_id) == plain_name(order)
        ]

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("lists are the table's business: tests/integration")

    def remember(self, idempotency: IdempotencyRecord) -> None:
        if idempotency.key in self.onces:
            raise AlreadyAnswered(self.onces[idempotency.key])
        self.onces[idempotency.key] = idempotency

    def answered(self, key: str) -> IdempotencyRecord | None:
        return self.onces.get(key)


class FakeClaims:
    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def reserve(self, name: str, now: Instant) -> bool:
        if name in self.outcomes:
            return False
        self.outcomes[name] = "claimed"
        return True

    def count_within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        counted = f"{name}#{now // window}"
        self.counts[counted] = self.counts.get(counted, 0) + 1
        return self.counts[counted] <= limit

    def settle(self, name: str, outcome: str) -> None:
        if outcome == "released":
            del self.outcomes[name]
        else:
            self.outcomes[name] = outcome
