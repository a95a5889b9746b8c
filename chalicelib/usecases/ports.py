"""What the use cases need of the world. `adapters/` gives it on AWS, `tests/fakes.py` in memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, Protocol

from msgspec import Struct

from chalicelib.domain.calendars import Calendar
from chalicelib.domain.cases import Case
from chalicelib.domain.consents import Consent, Purpose
from chalicelib.domain.customers import Customer, CustomerEvent
from chalicelib.domain.endpoints import Attempt, Delivery, Endpoint, Secret
from chalicelib.domain.escalation import Alarm
from chalicelib.domain.events import Event
from chalicelib.domain.exports import Export
from chalicelib.domain.facts import CaseOpened
from chalicelib.domain.help import HelpRequest
from chalicelib.domain.identity import Identifier
from chalicelib.domain.instants import Day, Instant
from chalicelib.domain.letters import Letter, Verdicts, Whole
from chalicelib.domain.mails import MailName, MailTemplate, Spoken
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.platforms.told import ReturnLine
from chalicelib.domain.policies import Policy
from chalicelib.domain.reconciling import OrderPage, Reconciliation
from chalicelib.domain.routing import Agent, Post, Presence, Waiting
from chalicelib.domain.sales import Sale
from chalicelib.domain.segments import Need
from chalicelib.domain.shops import Shop
from chalicelib.domain.sources import Access, HookSecrets
from chalicelib.domain.vocabulary import Origin, Source, Status

ReceiptState = Literal["stored", "processed", "ignored", "failed"]


class Raced(Exception):
    """Somebody else wrote the case first: load it again and decide anew."""


class AlreadyTold(Exception):
    """This event is stored already."""


class NumberTaken(Exception):
    """Another case of the shop has this number."""


class NoRoom(Exception):
    """The agent has as many cases as they may, or is not here; the message names them."""


class Later(Exception):
    """Nothing is wrong; it cannot be done yet. The message comes again."""


class Once(Struct, frozen=True):
    """An idempotency record: the digest of the request this key was used for, and what it came to."""

    key: str
    digest: str
    case: str = ""
    version: int = 0


class AlreadyAnswered(Exception):
    """A request with this idempotency key was carried out."""

    def __init__(self, once: Once) -> None:
        super().__init__(once.key)
        self.once = once


class Stored(Struct, frozen=True, kw_only=True):
    """A case as the table has it. `case` is None while only events that came before their case are there."""

    key: str
    case: Case | None = None
    version: int = 0
    last: str = ""
    """The order of the newest event."""
    armed: Instant | None = None
    """When an alarm will next wake the case; never later than needed, perhaps earlier."""


class Ledger(Struct, frozen=True):
    """What is given for an order in all its cases is counted together: a change that gives something takes the order
    from one version to the next, so that two cases cannot both give the last of it."""

    order: str
    version: int


class Change(Struct, frozen=True, kw_only=True):
    """One atomic write: a case goes from one state to the next."""

    before: Stored
    after: Stored
    events: list[Event]
    shop: Shop
    alarm: Alarm | None = None
    dirty: frozenset[Day] = frozenset()
    once: Once | None = None
    ledger: Ledger | None = None


class Page(Struct, frozen=True):
    """A stretch of a list and where it goes on."""

    items: list[Any]
    next: str | None = None


class CaseStore(Protocol):
    """Cases, their events, their alarms."""

    def load(self, key: str) -> Stored: ...
    def load_many(self, keys: Iterable[str]) -> dict[str, Stored]: ...
    def events(self, key: str) -> list[Event]: ...
    def opening(self, keys: Iterable[str]) -> dict[str, CaseOpened]: ...
    def page_of_events(self, key: str, limit: int, after: str | None) -> Page: ...
    def commit(self, change: Change) -> None: ...
    def arm(self, key: str, alarm: Alarm) -> None: ...
    def forget(self, stored: Stored, events: list[Event]) -> None: ...
    def ledger(self, shop: str, order: str) -> int: ...
    def of_order(self, shop: str, order: str) -> list[str]: ...
    def numbered(self, shop: str, number: str) -> str | None: ...
    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page: ...
    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page: ...
    def answered(self, key: str) -> Once | None: ...
    def remember(self, once: Once) -> None: ...


class Roster(Protocol):
    """A shop's agents with what they hold, and the queue."""

    def posts(self, shop: str) -> list[Post]: ...
    def post(self, shop: str, agent: str) -> Post | None: ...
    def save(self, shop: str, agent: Agent) -> None: ...
    def leave(self, shop: str, agent: str) -> None: ...
    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None: ...
    def nudge(self, shop: str, now: Instant) -> None: ...
    def wake(self, shop: str, agent: str, at: Instant, now: Instant) -> None: ...
    def queue(self, shop: str, most: int) -> list[Waiting]: ...
    def held(self, shop: str, agent: str) -> list[str]: ...


NOBODY = "nobody-"
"""Before the day whose deliveries of unknown people are sealed with one key, which ends with the receipts."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A delivery of a webhook, kept before anything is done about it."""

    id: str
    shop: str
    source: Origin
    delivery: str
    type: str
    received_at: Instant
    body: bytes
    state: ReceiptState = "stored"
    case: str | None = None
    attempts: int = 0
    reason: str | None = None
    whose: str = ""
    """The key of the person it tells of. The body is empty once that is destroyed."""


class ReceiptStore(Protocol):
    """Receipts by id."""

    def add(self, receipt: Receipt) -> Receipt | None:
        """Store it; the receipt of the same delivery when there is one already."""

    def load(self, identifier: str) -> Receipt | None: ...
    def load_many(self, keys: Iterable[str]) -> list[Receipt]: ...
    def settle(self, identifier: str, state: ReceiptState, case: str | None, reason: str | None) -> None: ...


class SaleStore(Protocol):
    """Orders, as their shops tell of them."""

    def load(self, shop: str, order: str) -> Sale | None: ...
    def save(self, before: Sale, sale: Sale, shop: Shop, dirty: frozenset[Day], now: Instant) -> Sale: ...
    def of_customer(self, shop: str, customer: str, limit: int, after: str | None) -> Page: ...


class ShopStore(Protocol):
    """Shops and the versions of their policies and calendars."""

    def shop(self, shop: str, fresh: bool = True) -> Shop | None: ...
    def shops(self) -> list[Shop]: ...
    def save(self, shop: Shop) -> None: ...
    def template(self, shop: str, name: MailName, language: Spoken) -> MailTemplate | None: ...
    def save_template(self, shop: str, name: MailName, language: Spoken, template: MailTemplate | None) -> None: ...
    def policy(self, shop: str, version: int) -> Policy | None: ...
    def add_policy(self, shop: str, policy: Policy) -> Policy: ...
    def calendar(self, shop: str, name: str) -> Calendar | None: ...
    def newest_calendar(self, shop: str, calendar: str) -> Calendar | None: ...
    def add_calendar(self, shop: str, calendar: Calendar) -> Calendar: ...


class CustomerStore(Protocol):
    """Customers, the home of personal data."""

    def load(self, keys: Iterable[str]) -> dict[str, Customer]: ...
    def tell(self, customer: Customer) -> Customer:
        """Keep what was told of a customer, unless something newer was told before; the customer as they stand."""

    def claim_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None: ...
    def release_survey(self, key: str, survey: str) -> None: ...
    def consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer: ...
    def erase(self, shop: str, key: str, now: Instant) -> None: ...
    def hold(self, key: str, since: Instant | None) -> Customer: ...
    def heard_of(self, shop: str, key: str, at: Instant) -> None: ...
    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer: ...


class People(Protocol):
    """What people are known by, which records are one person, what happened to them, and who read of them."""

    def know(self, shop: str, key: str, by: Identifier) -> None: ...
    def known_by(self, shop: str, by: Identifier) -> list[str]: ...
    def unknow(self, shop: str, key: str, by: Identifier) -> None: ...
    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None: ...
    def note(self, key: str, event: CustomerEvent) -> None: ...
    def events(self, key: str, limit: int, after: str | None) -> Page: ...
    def read_of(self, customers: list[str], by: str, what: str, now: Instant) -> None: ...
    def accesses(self, key: str, limit: int, after: str | None) -> Page: ...


class Keys(Protocol):
    """People's keys, and hashes made with their shop's."""

    def fingerprint(self, shop: str, text: str) -> str: ...
    def destroy(self, names: Iterable[str]) -> None: ...


class Secrets(Protocol):
    """Webhook secrets and the key of survey links."""

    def hook_secrets(self, shop: str, fresh: bool = False) -> HookSecrets | None: ...
    def make_hook_secrets(self, shop: str, made: HookSecrets) -> None: ...
    def keep_hook_secrets(self, shop: str, kept: HookSecrets) -> None: ...
    def access(self, shop: str, source: Source) -> Access | None: ...
    def keep_access(self, shop: str, source: Source, access: Access) -> None: ...
    def token_key(self) -> str: ...
    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]: ...
    def keep_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None: ...


class DeliveryStore(Protocol):
    """Endpoints of shops, and what was delivered to them."""

    def endpoints(self, shop: str) -> tuple[Endpoint, ...]: ...
    def save_endpoints(self, shop: str, endpoints: tuple[Endpoint, ...]) -> None: ...
    def disable(self, shop: str, endpoint: Endpoint) -> None: ...
    def add(self, delivery: Delivery) -> bool: ...
    def load(self, key: str) -> Delivery | None: ...
    def claim(self, delivery: Delivery, now: Instant) -> bool: ...
    def settle(self, delivery: Delivery, now: Instant) -> None: ...
    def log(self, shop: str, endpoint: str, limit: int, after: str | None) -> Page: ...


class Courier(Protocol):
    """Posting webhooks."""

    def objection(self, url: str) -> str | None: ...
    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt: ...


class Mail(Struct, frozen=True, kw_only=True):
    """A mail in both its forms."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = {}
    reply_to: str | None = None
    about: str | None = None
    """The key of the case an answer to it belongs to."""


class MailRejected(Exception):
    """The mail did not leave, and will not: the address or the content was refused."""


class MailDelayed(Later):
    """The mail did not leave, and may when tried again: throttled, paused."""


class MailUnconfirmed(Exception):
    """Whether the mail left is not known; sending it again could send it twice."""


class Mailer(Protocol):
    """Outgoing mail."""

    def send(self, mail: Mail) -> str:
        """Hand it over and give its message id."""

    def is_verified(self, address: str) -> bool: ...


class Threads(Protocol):
    """Which case a mail belongs to, by its message id."""

    def remember(self, message_id: str, case: str, now: Instant) -> None: ...
    def cases(self, message_ids: Iterable[str]) -> list[str]: ...


class Read(Struct, frozen=True):
    """A letter that was read: what it is, all it says, and its files in the order of its attachments."""

    letter: Letter
    whole: Whole
    files: tuple[bytes, ...] = ()


class LetterReader(Protocol):
    """Reading raw mails."""

    def read(self, raw: bytes, envelope: str | None, recipients: tuple[str, ...], verdicts: Verdicts) -> Read: ...


class Pages(Protocol):
    """Pages and mails from templates."""

    def render(self, template: str, language: str, /, **values: Any) -> str: ...
    def speaks(self, language: str | None) -> Spoken: ...
    def filled(self, template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]: ...
    def fault(self, source: str, names: tuple[str, ...]) -> tuple[int, str] | None: ...
    def text(self, phrase: str, language: str, /, **values: Any) -> str: ...


class Claims(Protocol):
    """At most once: who claims an effect first may have it."""

    def claim(self, name: str, now: Instant) -> bool: ...
    def settle(self, name: str, outcome: str) -> None: ...
    def within(self, name: str, limit: int, now: Instant, window: Instant) -> bool: ...


class HelpStore(Protocol):
    """Requests for help that were begun."""

    def add(self, request: HelpRequest) -> None: ...
    def load(self, key: str) -> HelpRequest | None: ...


class Upload(Struct, frozen=True):
    """Where a browser sends a file: the address, and the fields that stand before the file."""

    url: str
    fields: dict[str, str]


class Uploads(Protocol):
    """Files that customers send us."""

    def form(self, key: str, most: int, back: str) -> Upload: ...
    def read(self, key: str, most: int) -> bytes | None: ...
    def keep(self, key: str, data: bytes, kind: str) -> None: ...
    def move(self, key: str, to: str) -> None: ...
    def remove(self, key: str) -> None: ...
    def link(self, key: str) -> str: ...
    def remove_below(self, prefix: str) -> int: ...


class Platforms(Protocol):
    """Asking a shop's platform. None when nobody told how to, or it does not know; `Later` when it does not answer."""

    def order(self, shop: str, source: Source, order: str) -> OrderTold | None: ...
    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None: ...
    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None: ...


class ExportStore(Protocol):
    """Exports that were asked for."""

    def add(self, export: Export) -> None: ...
    def load(self, identifier: str) -> Export | None: ...


class ReconciliationStore(Protocol):
    """The nights' comparing with platforms."""

    def add(self, asked: Reconciliation) -> None: ...
    def load(self, asked: Reconciliation) -> Reconciliation | None: ...
    def settle(self, done: Reconciliation) -> None: ...
    def newest(self, shop: str, source: Source) -> Iterator[Reconciliation]: ...


class Cleaner(Protocol):
    """What a file really is, and the file without what it tells of its maker."""

    def kind_of(self, data: bytes) -> str | None: ...
    def cleaned(self, data: bytes, kind: str) -> bytes | None: ...


Pause = Callable[[int], None]
Clock = Callable[[], Instant]
Rows = Iterator[dict[str, Any]]
