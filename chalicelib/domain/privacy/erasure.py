"""People who are to be forgotten: as somebody outside names them, and as it is then carried out."""

from msgspec import Struct

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

KEPT = 30 * DAY_MS
"""How long it stays known what was to be forgotten, by keys alone."""


class ErasureTarget(Struct, frozen=True, kw_only=True):
    """Whom somebody outside names: by their ids of them, by their addresses, by the orders they bought."""

    source: str
    """The platform, as in external ids: `shopify`."""
    external_ids: tuple[str, ...] = ()
    """With their source: `shopify/7`."""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    """Numbers name nobody for certain; who has one is told of as doubtful."""
    orders: tuple[str, ...] = ()


class Erasure(Struct, frozen=True, kw_only=True):
    """What was decided to be forgotten, written down before anything of it is done, so that it is carried to its end
    by whoever finds it begun. It holds keys and nothing personal."""

    id: str
    shop: str
    at: Instant
    by: Actor
    keys: tuple[str, ...]
    """Of the records to forget."""
    cut: tuple[tuple[str, str], ...] = ()
    """Merges to take back first, because only one side is forgotten: (into, member)."""
    doubtful: tuple[str, ...] = ()
    """Ids of customers who were named, too, and of whom it is not certain that they were meant."""
    done_at: Instant | None = None
