"""The person behind a case: the one home of their personal data, and how several records are known to be one person."""

from typing import Annotated, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.segments import Need, Segments
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import Instant


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`seen_at`: the time of the newest telling of name, address and language."""

    id: str
    shop: str
    external_id: Private
    name: Private | None = None
    email: Private | None = None
    phone: Private | None = None
    language: str | None = None
    marketplace_ids: Annotated[dict[str, str], MARK] = {}
    """What marketplaces call this person, by the marketplace's name."""
    seen_at: Instant = 0
    surveyed_at: Instant | None = None
    survey: str | None = None
    """The survey that holds the contact budget since `surveyed_at`."""
    consent_withdrawn_at: Instant | None = None
    root: str | None = None
    """The key of the record this one was merged into."""
    members: tuple[str, ...] = ()
    """The keys of the records that were merged into this one."""
    apart: tuple[str, ...] = ()
    """The keys of records that staff said are other people."""
    erased_at: Instant | None = None
    care: Annotated[tuple[Need, ...], MARK] = ()
    """What special care they need, as they say themselves."""
    undeliverable: Private | None = None
    """The address that mail to them comes back from, for good."""
    segments: Segments | None = None
    """What kind of customer they are, as of last night."""
    held: Instant | None = None
    """Since when their data must be kept, whoever asks."""
    consents: dict[Purpose, Consent] = {}
    """The last word on each purpose; the events hold all."""


TOLD = ("external_id", "name", "email", "phone", "language", "marketplace_ids")


def apply_update(known: Customer, told: Customer) -> Customer:
    """A record after something was told of it: the newest telling wins, and what it leaves out stays. What is told of a
    time before they were forgotten is not heard."""
    news = {name: getattr(told, name) for name in TOLD if getattr(told, name)}
    late = told.seen_at < known.seen_at or told.seen_at <= (known.erased_at or -1)
    if late or all(getattr(known, name) == value for name, value in news.items()):
        return known
    news = news if told.email in (None, known.email) else news | {"undeliverable": None}
    return replace(known, seen_at=told.seen_at, **news)


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
    """What happened to a customer's record. `data` names other records, counts, purposes; nothing personal."""

    id: str
    at: Instant
    by: Actor
    type: CustomerEventType
    shop: str
    reason: Private | None = None
    data: dict[str, Any] = {}


class Access(Struct, frozen=True, kw_only=True):
    """Somebody of the staff read what is personal. `what`: the route's name; `hour`: when, to the hour."""

    by: str
    what: str
    hour: Instant
