"""The session of a member of staff who signed in to the agents' desk."""

from msgspec import Struct

from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, Instant

LIFETIME_MS = 8 * HOUR_MS
"""How long a session lasts at most; after that one signs in again."""
RENEWED_EVERY_MS = 15 * MINUTE_MS
"""How often the user pool is asked again who this is: somebody who was disabled or lost a group works no longer."""
SIGN_IN_MS = 10 * MINUTE_MS
"""How long a sign-in that was begun may take."""


class Session(Struct, frozen=True, kw_only=True):
    """A session as it is stored. `id`: a digest of what the browser holds, so that nobody can use what is stored."""

    id: str
    user: str
    groups: tuple[str, ...]
    email: Private = ""
    refresh_token: Private = ""
    started_at: Instant
    renewed_at: Instant

    @property
    def ends_at(self) -> Instant:
        """When it ends in any case."""
        return self.started_at + LIFETIME_MS

    def is_over(self, now: Instant) -> bool:
        """Whether it has lasted as long as it may."""
        return now >= self.ends_at

    def is_to_be_renewed(self, now: Instant) -> bool:
        """Whether the user pool is to be asked again who this is."""
        return now >= self.renewed_at + RENEWED_EVERY_MS


class Identity(Struct, frozen=True, kw_only=True):
    """Who signed in, as the user pool says. `refresh_token` is empty when it gave no new one."""

    user: str
    groups: tuple[str, ...] = ()
    email: str = ""
    refresh_token: str = ""
