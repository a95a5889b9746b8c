"""A desk in memory: the same rules of conflict as the table's, no network, a clock that stands still."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import time_machine
from msgspec.structs import replace

from chalicelib.adapters.pages import TemplatePages
from chalicelib.domain.calendars import OFFICE_HOURS, WEEKDAYS, Calendar
from chalicelib.domain.consents import Consent, Purpose
from chalicelib.domain.customers import Customer, CustomerEvent, hear
from chalicelib.domain.endpoints import Attempt, Delivery, Endpoint, Secret
from chalicelib.domain.escalation import Alarm
from chalicelib.domain.events import Event
from chalicelib.domain.exports import Export
from chalicelib.domain.facts import CaseOpened
from chalicelib.domain.help import HelpRequest
from chalicelib.domain.identity import Identifier
from chalicelib.domain.ids import key_in, key_of
from chalicelib.domain.instants import Instant, parse, to_datetime
from chalicelib.domain.mails import MailName, MailTemplate, Spoken
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.platforms.told import ReturnLine
from chalicelib.domain.policies import Policy
from chalicelib.domain.reconciling import OrderPage, Reconciliation
from chalicelib.domain.routing import Agent, Post, Presence, Waiting, waiting_of
from chalicelib.domain.sales import Sale
from chalicelib.domain.segments import Need
from chalicelib.domain.shops import Shop
from chalicelib.domain.sources import Access, HookSecrets
from chalicelib.domain.vocabulary import Source, Status
from chalicelib.usecases import ports
from chalicelib.usecases.ports import (
    AlreadyAnswered,
    AlreadyTold,
    Change,
    Mail,
    NoRoom,
    NumberTaken,
    Once,
    Page,
    Raced,
    Stored,
)

NOON = parse("2026-11-20T12:00:00+08:00")
SHOP = Shop(
    id="demo", name="Lantern & Loom", time_zone="Asia/Shanghai", locale="zh-CN", mail_from="care@example.com",
    calendar="CN",
)  # fmt: skip
OFFICE = Calendar(id="CN", version=1, time_zone="Asia/Shanghai", hours=dict.fromkeys(WEEKDAYS[:5], OFFICE_HOURS))


class FakeCases:
    def __init__(self, roster: "FakeRoster | None" = None) -> None:
        self.roster = roster or FakeRoster()
        self.headers: dict[str, Stored] = {}
        self.stories: dict[str, dict[str, Event]] = {}
        self.numbers: dict[str, str] = {}
        self.onces: dict[str, Once] = {}
        self.ledgers: dict[str, int] = {}
        self.alarms: list[tuple[str, Alarm]] = []
        self.dirty: set[tuple[str, str]] = set()
        self.races = 0  # the next so many commits are beaten by somebody else

    def load(self, key: str) -> Stored:
        return self.headers.get(key, Stored(key=key))

    def load_many(self, keys: Iterable[str]) -> dict[str, Stored]:
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
            raise Raced
        self._check(change)
        self.roster.check(change)
        self._write(change)

    def _check(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        story = self.stories.setdefault(key, {})
        counted = change.ledger is None or self.ledger(change.shop.id, change.ledger.order) == change.ledger.version
        if self.load(key).version != change.before.version or not counted:
            raise Raced
        if any(event.order in story for event in change.events):
            raise AlreadyTold
        if case is not None and change.before.case is None and self.numbers.get(case.number, key) != key:
            raise NumberTaken
        if change.once and change.once.key in self.onces:
            raise AlreadyAnswered(self.onces[change.once.key])

    def _write(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        if change.ledger is not None:
            self.ledgers[change.ledger.order] = change.ledger.version + 1
        self.headers[key] = change.after
        self.roster.write(change)
        self.stories[key].update({event.order: event for event in change.events})
        if case is not None:
            self.numbers[case.number] = key
        if change.once:
            self.onces[change.once.key] = change.once
        if change.alarm:
            self.alarms.append((key, change.alarm))
        self.dirty |= {(day, key) for day in change.dirty}

    def arm(self, key: str, alarm: Alarm) -> None:
        self.alarms.append((key, alarm))

    def forget(self, stored: Stored, events: list[Event]) -> None:
        self.headers.pop(stored.key, None)
        self.stories.pop(stored.key, None)

    def find(
        self, shop: str, status: Status | None, assignee: str | None, customer: str | None, limit: int,
        after: str | None,
    ) -> Page:  # fmt: skip
        if customer is None:
            raise NotImplementedError("lists are the table's business: tests/integration")
        theirs = [one for one in self.headers.values() if one.case and key_in(one.case.customer) == customer]
        return Page(theirs[:limit])

    def numbered(self, shop: str, number: str) -> str | None:
        return self.numbers.get(number)

    def ledger(self, shop: str, order: str) -> int:
        return self.ledgers.get(order, 0)

    def of_order(self, shop: str, order: str) -> list[str]:
        openings = self.opening([key for key, story in self.stories.items() if "0" in story])
        return [key for key, one in openings.items() if one.order and one.order.external_id == order]

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("lists are the table's business: tests/integration")

    def remember(self, once: Once) -> None:
        if once.key in self.onces:
            raise AlreadyAnswered(self.onces[once.key])
        self.onces[once.key] = once

    def answered(self, key: str) -> Once | None:
        return self.onces.get(key)


class FakeReceipts:
    def __init__(self) -> None:
        self.kept: dict[str, ports.Receipt] = {}

    def add(self, receipt: ports.Receipt) -> ports.Receipt | None:
        seen = self.kept.get(key_in(receipt.id))
        if seen is None:
            self.kept[key_in(receipt.id)] = receipt
        return seen

    def load(self, identifier: str) -> ports.Receipt | None:
        return self.kept.get(key_in(identifier))

    def load_many(self, keys: Iterable[str]) -> list[ports.Receipt]:
        return [self.kept[key] for key in keys if key in self.kept]

    def settle(self, identifier: str, state: ports.ReceiptState, case: str | None, reason: str | None) -> None:
        old = self.kept[key_in(identifier)]
        self.kept[key_in(identifier)] = replace(
            old, state=state, case=case or old.case, reason=reason, attempts=old.attempts + 1
        )


class FakeSales:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Sale] = {}
        self.dirty: set[str] = set()

    def load(self, shop: str, order: str) -> Sale | None:
        called = (one for one in self.kept.values() if one.shop == shop and one.number == order)
        return self.kept.get((shop, order)) or next(called, None)

    def save(self, before: Sale, sale: Sale, shop: Shop, dirty: frozenset[str], now: Instant) -> Sale:
        known = self.kept.get((sale.shop, sale.external_id))
        if (known.version if known else 0) != before.version:
            raise Raced
        kept = replace(sale, version=before.version + 1)
        self.kept[sale.shop, sale.external_id] = msgspec.json.decode(msgspec.json.encode(kept), type=Sale)
        self.dirty |= dirty
        return self.kept[sale.shop, sale.external_id]

    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page:
        return Page([one for one in self.kept.values() if one.customer and key_in(one.customer) == customer][:limit])


class FakeShops:
    def __init__(self) -> None:
        self.kept = {SHOP.id: SHOP}
        self.policies: dict[tuple[str, int], Policy] = {}
        self.templates: dict[tuple[str, str, str], MailTemplate | None] = {}
        self.calendars: dict[tuple[str, str], Calendar] = {(SHOP.id, OFFICE.name): OFFICE}

    def shop(self, shop: str, fresh: bool = True) -> Shop | None:
        return self.kept.get(shop)

    def shops(self) -> list[Shop]:
        return list(self.kept.values())

    def save(self, shop: Shop) -> None:
        self.kept[shop.id] = shop

    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None:
        return self.templates.get((shop, name, language))

    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None:
        self.templates[shop, name, language] = template

    def policy(self, shop: str, version: int) -> Policy | None:
        return self.policies.get((shop, version), Policy() if version == 1 else None)

    def add_policy(self, shop: str, policy: Policy) -> Policy:
        version = max((known for owner, known in self.policies if owner == shop), default=1) + 1
        self.policies[shop, version] = replace(policy, version=version)
        return self.policies[shop, version]

    def calendar(self, shop: str, name: str) -> Calendar | None:
        return self.calendars.get((shop, name))

    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None:
        known = [one for (owner, _), one in self.calendars.items() if owner == shop and one.id == calendar]
        return max(known, key=lambda one: one.version, default=None)

    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar:
        newest = self.newest_calendar(shop, calendar.id)
        kept = replace(calendar, version=(newest.version if newest else 0) + 1)
        self.calendars[shop, kept.name] = kept
        return kept


class FakeCustomers:
    def __init__(self) -> None:
        self.heard: list[tuple[str, Instant]] = []
        self.kept: dict[str, Customer] = {}

    def load(self, keys: Iterable[str]) -> dict[str, Customer]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def tell(self, customer: Customer) -> Customer:
        known = self.kept.get(key_in(customer.id), customer)
        self.kept[key_in(customer.id)] = hear(known, customer)
        return self.kept[key_in(customer.id)]

    def claim_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        known = self.kept[key]
        spent = known.surveyed_at is not None and known.surveyed_at > budget_start
        if spent or known.survey == survey or known.consent_withdrawn_at is not None:
            return known
        self.kept[key] = replace(known, surveyed_at=now, survey=survey)
        return None

    def release_survey(self, key: str, survey: str) -> None:
        if self.kept[key].survey == survey:
            self.kept[key] = replace(self.kept[key], surveyed_at=None, survey=None)

    def erase(self, shop: str, key: str, now: Instant) -> None:
        blank: dict[str, Any] = {
            "external_id": "",
            "name": None,
            "email": None,
            "phone": None,
            "language": None,
            "marketplace_ids": {},
            "care": (),
            "segments": None,
        }
        self.kept[key] = replace(self.kept[key], erased_at=self.kept[key].erased_at or now, **blank)

    def consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        known = self.kept[key]
        if purpose not in known.consents or known.consents[purpose].at < consent.at:
            known = replace(known, consents=known.consents | {purpose: consent})
            if purpose == "profiling" and consent.state == "withdrawn":
                known = replace(known, segments=None)
            if purpose == "surveys":
                known = replace(known, consent_withdrawn_at=consent.at if consent.state == "withdrawn" else None)
            self.kept[key] = known
        return known

    def hold(self, key: str, since: Instant | None) -> Customer:
        self.kept[key] = replace(self.kept[key], held=since)
        return self.kept[key]

    def heard_of(self, shop: str, key: str, at: Instant) -> None:
        self.heard.append((key, at))

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        self.kept[key] = replace(self.kept[key], care=needs)
        return self.kept[key]


class FakeRoster:
    """Counts in the same step in which a case is written, as the table does."""

    def __init__(self) -> None:
        self.kept: dict[str, Post] = {}
        self.waiting: dict[str, Waiting] = {}
        self.work: dict[str, set[str]] = {}
        self.nudged: list[str] = []
        self.woken: list[tuple[str, Instant]] = []

    def posts(self, shop: str) -> list[Post]:
        return list(self.kept.values())

    def post(self, shop: str, agent: str) -> Post | None:
        return self.kept.get(agent)

    def save(self, shop: str, agent: Agent) -> None:
        self.kept[agent.id] = replace(self.kept.get(agent.id, Post(agent=agent)), agent=agent)

    def leave(self, shop: str, agent: str) -> None:
        self.kept.pop(agent, None)

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        self.kept[agent] = replace(self.kept[agent], here=state == "here")
        if state == "here":
            self.nudge(shop, now)

    def nudge(self, shop: str, now: Instant) -> None:
        self.nudged.append(shop)

    def wake(self, shop: str, agent: str, at: Instant, now: Instant) -> None:
        self.woken.append((agent, at))

    def queue(self, shop: str, most: int) -> list[Waiting]:
        return [self.waiting[place] for place in sorted(self.waiting)][:most]

    def held(self, shop: str, agent: str) -> list[str]:
        return sorted(self.work.get(agent, ()))

    def check(self, change: Change) -> None:
        old, new = (one.case.held_by if one.case else None for one in (change.before, change.after))
        if old != new and new is not None:
            post = self.kept.get(new)
            if post is None or not post.here or not post.has_room:
                raise NoRoom(new)

    def write(self, change: Change) -> None:
        key, before, after = change.before.key, change.before.case, change.after.case
        old, new = (one.held_by if one else None for one in (before, after))
        if old != new:
            self._count(old, -1, key)
            self._count(new, 1, key)
        if before and before.queued:
            self.waiting.pop(f"{before.queued}#{key}", None)
        if after and after.queued:
            self.waiting[f"{after.queued}#{key}"] = waiting_of(key, after)

    def _count(self, agent: str | None, by: int, key: str) -> None:
        if agent is None:
            return
        held = self.work.setdefault(agent, set())
        held.add(key) if by > 0 else held.discard(key)
        if agent in self.kept:
            self.kept[agent] = replace(self.kept[agent], load=self.kept[agent].load + by)


class FakePeople:
    def __init__(self, customers: FakeCustomers) -> None:
        self.customers = customers
        self.known: dict[tuple[str, Identifier], set[str]] = {}
        self.told: dict[str, list[CustomerEvent]] = {}
        self.read: list[tuple[str, str, str]] = []

    def know(self, shop: str, key: str, by: Identifier) -> None:
        self.known.setdefault((shop, by), set()).add(key)

    def known_by(self, shop: str, by: Identifier) -> list[str]:
        return sorted(self.known.get((shop, by), ()))

    def unknow(self, shop: str, key: str, by: Identifier) -> None:
        self.known.get((shop, by), set()).discard(key)

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        top, below, kept = key_in(into.id), key_in(member.id), self.customers.kept
        if (kept[top].members, kept[top].root, kept[below].root) != (into.members, into.root, member.root):
            raise Raced
        others = tuple(key for key in into.members if key != below)
        merged = event.type == "merged"
        kept[top] = replace(kept[top], members=(*others, below) if merged else others)
        apart = kept[below].apart if merged else tuple(sorted({*kept[below].apart, top}))
        kept[below] = replace(kept[below], root=top if merged else None, apart=apart)
        for key in (top, below):
            self.note(key, event)

    def note(self, key: str, event: CustomerEvent) -> None:
        self.told.setdefault(key, []).append(event)

    def events(self, key: str, limit: int, after: str | None) -> Page:
        return Page(self.told.get(key, [])[:limit])

    def read_of(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        self.read += [(key, by, what) for key in customers]

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("lists are the table's business: tests/integration")


class FakeVault:
    def __init__(self) -> None:
        self.destroyed: list[str] = []

    def fingerprint(self, shop: str, text: str) -> str:
        return key_of("a shop's own key", shop, text) * 2

    def destroy(self, names: Iterable[str]) -> None:
        self.destroyed += names


class FakeSecrets:
    def __init__(self) -> None:
        self.endpoints: dict[str, tuple[Secret, ...]] = {}
        self.accesses: dict[str, Access] = {}
        self.hooks = HookSecrets(
            standard="whsec_c2VjcmV0LW9mLXRoZS1kZW1vLXNob3A=", shopify="shopify-secret", woocommerce="woo-secret"
        )

    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]:
        return self.endpoints

    def keep_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None:
        self.endpoints = secrets

    def hook_secrets(self, shop: str, fresh: bool = False) -> HookSecrets | None:
        return self.hooks if shop == SHOP.id else None

    def keep_hook_secrets(self, shop: str, kept: HookSecrets) -> None:
        self.hooks = kept

    def access(self, shop: str, source: Source) -> Access | None:
        return self.accesses.get(source)

    def keep_access(self, shop: str, source: Source, access: Access) -> None:
        self.accesses[source] = access

    def make_hook_secrets(self, shop: str, made: HookSecrets) -> None:
        pass

    def token_key(self) -> str:
        return "a-key-for-tests"


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
        return self.kept.setdefault(key_in(delivery.id), delivery) is delivery

    def load(self, key: str) -> Delivery | None:
        return self.kept.get(key)

    def claim(self, delivery: Delivery, now: Instant) -> bool:
        free = delivery.id not in self.claimed and self.kept[key_in(delivery.id)].tries == delivery.tries
        self.claimed.add(delivery.id)
        return free

    def settle(self, delivery: Delivery, now: Instant) -> None:
        self.claimed.discard(delivery.id)
        self.kept[key_in(delivery.id)] = delivery

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


class FakeMailer:
    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.trouble: BaseException | None = None

    def send(self, mail: Mail) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"

    def is_verified(self, address: str) -> bool:
        return address.endswith("@example.com")


class FakeThreads:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def remember(self, message_id: str, case: str, now: Instant) -> None:
        self.kept[message_id] = case

    def cases(self, message_ids: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self.kept[one] for one in message_ids if one in self.kept))


class FakePages:
    speaks = TemplatePages.speaks
    filled = TemplatePages.filled
    fault = TemplatePages.fault

    def render(self, template: str, language: str, /, **values: Any) -> str:
        return f"{template} {language} {values.get('link', '')}"

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        return f"{phrase} {language}"


class FakeClaims:
    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def claim(self, name: str, now: Instant) -> bool:
        if name in self.outcomes:
            return False
        self.outcomes[name] = "claimed"
        return True

    def within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        counted = f"{name}#{now // window}"
        self.counts[counted] = self.counts.get(counted, 0) + 1
        return self.counts[counted] <= limit

    def settle(self, name: str, outcome: str) -> None:
        if outcome == "released":
            del self.outcomes[name]
        else:
            self.outcomes[name] = outcome


class FakeHelps:
    def __init__(self) -> None:
        self.kept: dict[str, HelpRequest] = {}

    def add(self, request: HelpRequest) -> None:
        self.kept.setdefault(request.key, request)

    def load(self, key: str) -> HelpRequest | None:
        return self.kept.get(key)


class FakeReconciliations:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str, int], Reconciliation] = {}

    def add(self, asked: Reconciliation) -> None:
        self.kept.setdefault((asked.shop, asked.source, asked.day, asked.page), asked)

    def load(self, asked: Reconciliation) -> Reconciliation | None:
        return self.kept.get((asked.shop, asked.source, asked.day, asked.page))

    def settle(self, done: Reconciliation) -> None:
        self.kept[done.shop, done.source, done.day, done.page] = done

    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]:
        found = [one for key, one in self.kept.items() if key[:2] == (shop, source)]
        return iter(sorted(found, key=lambda one: (one.day, one.page), reverse=True))


class FakeExports:
    def __init__(self) -> None:
        self.kept: dict[str, Export] = {}

    def add(self, export: Export) -> None:
        self.kept[export.id] = export

    def load(self, identifier: str) -> Export | None:
        return self.kept.get(identifier)


class FakeUploads:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def form(self, key: str, most: int, back: str) -> ports.Upload:
        return ports.Upload("https://bucket.example.com/", {"key": key, "success_action_redirect": back})

    def read(self, key: str, most: int) -> bytes | None:
        found = self.files.get(key)
        return None if found is None else found[:most]

    def keep(self, key: str, data: bytes, kind: str) -> None:
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

    def link(self, key: str) -> str:
        return f"https://bucket.example.com/{key}?signed"


@dataclass
class FakePlatforms:
    """A platform that answers what it is told to answer, as it was recorded."""

    orders: dict[str, OrderTold] = field(default_factory=dict)
    returns: dict[str, tuple[ReturnLine, ...]] = field(default_factory=dict)
    changed: list[OrderPage] = field(default_factory=list)
    """Pages of orders that changed; each leads to the next."""
    asked: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        self._ask(f"orders since {since} from {cursor}")
        place = int(cursor or 0)
        more = str(place + 1) if place + 1 < len(self.changed) else None
        return OrderPage(self.changed[place].orders, more) if self.changed else None

    def order(self, shop: str, source: Source, order: str) -> OrderTold | None:
        self._ask(f"order {order}")
        return self.orders.get(order)

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        self._ask(f"return {identifier}")
        return self.returns.get(identifier)

    def _ask(self, asked: str) -> None:
        self.asked.append(asked)
        if self.trouble:
            raise self.trouble


@dataclass
class FakeDesk:
    """A desk whose time is moved by hand."""

    time: Instant = NOON
    cases: FakeCases = field(default_factory=FakeCases)
    receipts: FakeReceipts = field(default_factory=FakeReceipts)
    shops: FakeShops = field(default_factory=FakeShops)
    sales: FakeSales = field(default_factory=FakeSales)
    customers: FakeCustomers = field(default_factory=FakeCustomers)
    vault: FakeVault = field(default_factory=FakeVault)
    people: FakePeople = field(init=False)
    roster: FakeRoster = field(init=False)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    threads: FakeThreads = field(default_factory=FakeThreads)
    pages: FakePages = field(default_factory=FakePages)
    claims: FakeClaims = field(default_factory=FakeClaims)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    courier: FakeCourier = field(default_factory=FakeCourier)
    platforms: FakePlatforms = field(default_factory=FakePlatforms)
    reconciliations: FakeReconciliations = field(default_factory=FakeReconciliations)
    helps: FakeHelps = field(default_factory=FakeHelps)
    exports: FakeExports = field(default_factory=FakeExports)
    uploads: FakeUploads = field(default_factory=FakeUploads)
    api_url: str = "https://api.example.com"
    inbound_domain: str = "in.example.com"
    _hooks: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.people = FakePeople(self.customers)
        self.roster = self.cases.roster

    def now(self) -> int:
        return self.time

    def pause(self, attempt: int) -> None:
        pass

    def hook(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> ports.Receipt:
        """A webhook, signed by the shop, taken in and processed."""
        from chalicelib.usecases.process_receipt import process_receipt

        taken = self.deliver(kind, data, delivery)
        process_receipt(self, taken.id)
        found = self.receipts.load(taken.id)
        assert found is not None
        return found

    def deliver(self, kind: str, data: dict[str, Any], delivery: str | None = None) -> ports.Receipt:
        """A webhook, signed by the shop, taken in."""
        import json

        from chalicelib.domain.instants import show
        from chalicelib.usecases.receive_hook import receive_hook
        from infra.stack import signature

        body = json.dumps({"type": kind, "timestamp": show(self.time), "data": data}).encode()
        delivery = delivery or f"delivery-{next(self._hooks)}"
        headers = signature(self.secrets.hooks.standard, delivery, self.time // 1000, body)
        with time_machine.travel(to_datetime(self.time), tick=False):  # the signature library has a clock of its own
            taken = receive_hook(self, SHOP.id, "standard", headers, body)
        assert taken is not None
        return taken.receipt
