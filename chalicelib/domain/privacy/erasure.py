"""Erasures: whose data a platform asks us to erase, and which records that means."""

from msgspec import Struct

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

ERASURE_LIFETIME_MS = 30 * DAY_MS
"""How long an erasure is stored; it has keys and nothing personal."""


class ErasureTarget(Struct, frozen=True, kw_only=True):
    """The customer whom a platform names: by its ids, by email addresses, phone numbers and orders."""

    source: str
    """The platform, as in external ids: `shopify`."""
    external_ids: tuple[str, ...] = ()
    """With the source: `shopify/7`."""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    """A phone number identifies nobody for certain; customers who have it are reported as doubtful."""
    orders: tuple[str, ...] = ()


class Erasure(Struct, frozen=True, kw_only=True):
    """Which records are to be erased. It is stored before the erasure runs, so that whoever finds it unfinished
    completes it. It has keys and nothing personal."""

    id: str
    shop: str
    at: Instant
    by: Actor
    keys: tuple[str, ...]
    """The keys of the records to erase."""
    cut: tuple[tuple[str, str], ...] = ()
    """Merges to undo first, because only one of the two records is erased: (into, member)."""
    doubtful: tuple[str, ...] = ()
    """The ids of other customers who match, but may not have been meant."""
    done_at: Instant | None = None
