"""The person behind a case: the one home of their personal data."""

from msgspec import Struct

from chalicelib.domain.instants import Instant


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`seen_at`: the time of the newest telling of name, address and language."""

    id: str
    shop: str
    external_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    seen_at: Instant = 0
    surveyed_at: Instant | None = None
    survey: str | None = None
    """The survey that holds the contact budget since `surveyed_at`."""
    consent_withdrawn_at: Instant | None = None
