"""A secret that is shared with somebody outside, and the one before it."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant

OLD_SECRET_LIFETIME_MS = 24 * HOUR_MS
"""How long the old secret signs besides the new one."""


class Secret(Struct, frozen=True, omit_defaults=True):
    """A secret that signs, until a time or for ever."""

    secret: str
    until: Instant | None = None
