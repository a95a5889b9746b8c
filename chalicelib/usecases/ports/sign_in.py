"""The ports for signing in to the agents' desk. Times are milliseconds since 1970."""

from typing import Protocol

from chalicelib.domain.desk.session import Identity, Session
from chalicelib.domain.desk.users import User


class SessionStore(Protocol):
    """Sessions of staff."""

    def start(self, session: Session) -> None:
        """Store a new session."""

    def load(self, user: str, session: str) -> Session | None:
        """The session with this id, without its refresh token; None when it was ended."""

    def refresh_token(self, user: str, session: str) -> str:
        """The refresh token of a session; empty when the session was ended."""

    def renew(self, session: Session) -> bool:
        """Store who the user pool says this is now; whether the session was still there. An empty refresh token leaves
        the stored one as it is."""

    def end(self, user: str, session: str) -> str:
        """End one session; its refresh token, empty when it was ended before."""

    def end_all(self, user: str) -> list[str]:
        """End all sessions of a member of staff; their refresh tokens."""


class IdentityProvider(Protocol):
    """The user pool's managed login, by the authorization code flow with PKCE (RFC 6749, RFC 7636)."""

    @property
    def api_url(self) -> str:
        """The API's own base URL, which its function cannot know before it exists."""

    @property
    def desk_url(self) -> str:
        """The address of the agents' desk, without a slash at its end."""

    def sign_in_url(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in."""

    def sign_out_url(self) -> str:
        """Where the browser goes to end the managed login's own session."""

    def exchange(self, code: str, nonce: str, verifier: str) -> Identity | None:
        """Who signed in, for the code that the browser came back with; None when the code is not valid."""

    def refresh(self, refresh_token: str) -> Identity | None:
        """Who this is now; None when the user pool no longer accepts the refresh token."""

    def revoke(self, refresh_token: str) -> None:
        """Have the user pool no longer accept a refresh token. Failures are ignored: the session has ended anyway."""


class StaffPool(Protocol):
    """The user pool that staff sign in with."""

    def ensure_group(self, name: str) -> None:
        """Create a group; nothing happens when it exists."""

    def members(self, group: str) -> tuple[list[User], bool]:
        """The users in a group, without their groups, and whether that is all of them: at most six hundred are read."""

    def load(self, user: str) -> User | None:
        """A user with their groups; None when there is none."""

    def invite(self, user: str, email: str) -> bool:
        """Create a user, who gets an email with a first password; whether the email could be sent. Conflict when there
        is one of that name; Invalid for what the pool does not take."""

    def invite_again(self, user: str) -> bool:
        """Send an invited user a new first password; whether it could be sent. Conflict when they have set their own,
        Invalid when no more may be sent today."""

    def set_groups(self, user: str, before: frozenset[str], after: frozenset[str]) -> None:
        """Put a user into groups and take them out of others. Those to be left are left first."""

    def set_enabled(self, user: str, is_enabled: bool) -> None:
        """Let a user sign in, or no longer."""

    def sign_out(self, user: str) -> None:
        """Have the pool no longer accept any refresh token of a user."""
