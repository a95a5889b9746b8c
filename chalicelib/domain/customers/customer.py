"""The customer of a case: the record with their personal data, and which records are merged into one person."""

from typing import Annotated, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.segments import Need, Segments
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import Instant


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer's record. `seen_at`: the time of the newest update of name, addresses and language."""

    id: str
    shop: str
    external_id: Private
    name: Private | None = None
    email: Private | None = None
    phone: Private | None = None
    language: str | None = None
    marketplace_ids: Annotated[dict[str, str], MARK] = {}
    """The customer's ids at marketplaces, by the marketplace's name."""
    seen_at: Instant = 0
    surveyed_at: Instant | None = None
    survey: str | None = None
    """The survey that has used the contact budget since `surveyed_at`."""
    consent_withdrawn_at: Instant | None = None
    root: str | None = None
    """The key of the record this one was merged into."""
    members: tuple[str, ...] = ()
    """The keys of the records that were merged into this one."""
    apart: tuple[str, ...] = ()
    """The keys of records that staff marked as other people."""
    erased_at: Instant | None = None
    care: Annotated[tuple[Need, ...], MARK] = ()
    """The special care they need, as they say themselves."""
    undeliverable: Private | None = None
    """Their email address that permanently bounces."""
    segments: Segments | None = None
    """Their segments, as the last nightly job computed them."""
    held: Instant | None = None
    """Since when a legal hold prevents that their data is erased."""
    consents: dict[Purpose, Consent] = {}
    """The latest decision for each purpose; the record's events have all of them."""


IDENTIFYING_FIELDS = ("email", "phone", "marketplace_ids")
UPDATED_FIELDS = ("external_id", "name", "email", "phone", "language", "marketplace_ids")


def apply_update(stored: Customer, update: Customer) -> Customer:
    """The stored record after an update: its filled fields replace the stored ones, unless the stored data is newer.
    Updates from before the customer was erased are ignored."""
    changes = {name: getattr(update, name) for name in UPDATED_FIELDS if getattr(update, name)}
    is_late = update.seen_at < stored.seen_at or update.seen_at <= (stored.erased_at or -1)
    if is_late or all(getattr(stored, name) == value for name, value in changes.items()):
        return stored
    if update.email not in (None, stored.email):
        changes["undeliverable"] = None
    return replace(stored, seen_at=update.seen_at, **changes)


def has_identifiers(customer: Customer) -> bool:
    """Whether the record has anything that identifies the customer across sources."""
    return any(getattr(customer, name) for name in IDENTIFYING_FIELDS)


def has_new_identifiers(before: Customer, after: Customer) -> bool:
    """Whether anything that identifies the customer has changed."""
    return any(getattr(before, name) != getattr(after, name) for name in IDENTIFYING_FIELDS)


CustomerEventType = Literal[
    "merged",
    "unmerged",
    "erased",
    "consent_given",
    "consent_withdrawn",
    "exported",
    "care_changed",
    "held",
    "hold_ended",
    "account_closed",
    "erasure_waits",
]


class CustomerEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened to a customer's record. `data` has ids of other records, counts and purposes; nothing personal."""

    id: str
    at: Instant
    by: Actor
    type: CustomerEventType
    shop: str
    reason: Private | None = None
    data: dict[str, Any] = {}


class Access(Struct, frozen=True, kw_only=True):
    """A member of staff read a customer's personal data. `what`: which kind of data; `hour`: when, to the hour."""

    by: str
    what: str
    hour: Instant

    @property
    def place(self) -> str:
        """The text by which accesses are sorted: the hour, then what was read, then who read it."""
        return f"A#{self.hour:013d}#{self.what}#{self.by}"


ACCESS_DAYS = 366
"""How long it is known who read a customer's data."""
