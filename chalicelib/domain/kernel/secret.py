"""A secret that is shared with an external system."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant

OLD_SECRET_LIFETIME_MS = 24 * HOUR_MS
"""How long the old secret also signs after a rotation."""


class Secret(Struct, frozen=True, omit_defaults=True):
    """A secret; `until`: when it expires."""

    secret: str
    until: Instant | None = None
