"""Sign in to the agents' desk, stay signed in, and sign out everywhere."""

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.desk.session import LIFETIME_MS, SIGN_IN_MS, Session
from chalicelib.domain.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from typing import Protocol

    from itsdangerous import URLSafeSerializer

    from chalicelib.usecases.ports.services import HasClock, HasSecrets, HasSignIn

    class SignInServices(HasClock, HasSecrets, HasSignIn, Protocol):
        """The services that `sign_in` uses."""


class Begun(Struct, frozen=True):
    """A sign-in that was begun: where the browser goes, and the value of its short-lived cookie."""

    url: str
    cookie: str


class SignedIn(Struct, frozen=True):
    """A sign-in that succeeded: the value of the browser's cookie, and the path of the desk to go on at."""

    cookie: str
    path: str


def begin(services: "SignInServices", path: str) -> Begun:
    """Begin to sign in. `path`: where the browser wanted to go on the desk."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    cookie = _signer(services, "sign-in").dumps([state, nonce, verifier, path, services.now()])
    return Begun(services.identity_provider.sign_in_url(state, nonce, verifier), cookie)


def finish(services: "SignInServices", cookie: str, state: str, code: str) -> SignedIn:
    """Finish signing in with what the browser came back with. NotAllowed when it is not what this browser began, too
    late, or not accepted by the user pool."""
    expected, nonce, verifier, path, begun_at = _load(services, "sign-in", cookie, 5)
    now = services.now()
    is_own = hmac.compare_digest(str(expected).encode(), state.encode())
    if not is_own or not 0 <= now - int(begun_at) < SIGN_IN_MS:
        raise NotAllowed("This sign-in was not begun in this browser, or took too long: sign in again.")
    identity = services.identity_provider.exchange(code, str(nonce), str(verifier))
    if identity is None:
        raise NotAllowed("The sign-in was not accepted: sign in again.")
    token = secrets.token_urlsafe(32)
    services.sessions.start(
        Session(
            id=_digest(token),
            user=identity.user,
            groups=identity.groups,
            email=identity.email,
            refresh_token=identity.refresh_token,
            started_at=now,
            renewed_at=now,
        )
    )
    return SignedIn(_signer(services, "session").dumps([identity.user, token]), str(path))


def find_session(services: "SignInServices", cookie: str) -> Session | None:
    """The session of a browser's cookie, renewed if it is time for that; None when it ended."""
    try:
        user, token = _load(services, "session", cookie, 2)
    except NotAllowed:
        return None
    now = services.now()
    session = services.sessions.load(str(user), _digest(str(token)))
    if session is None or session.is_over(now):
        return None
    return _renewed(services, session) if session.is_to_be_renewed(now) else session


def _renewed(services: "SignInServices", session: Session) -> Session | None:
    """The session as the user pool says it is now; None when the pool no longer lets this person in."""
    identity = services.identity_provider.refresh(services.sessions.refresh_token(session.user, session.id))
    if identity is None or identity.user != session.user:
        services.sessions.end_all(session.user)
        return None
    renewed = replace(
        session,
        groups=identity.groups,
        email=identity.email,
        refresh_token=identity.refresh_token,
        renewed_at=services.now(),
    )
    return renewed if services.sessions.renew(renewed) else None


def sign_out(services: "SignInServices", session: Session, everywhere: bool = True) -> str:
    """End this session, or all of this member of staff, in all browsers; where the browser goes to sign out of the
    pool."""
    sessions, user = services.sessions, session.user
    ended = sessions.end_all(user) if everywhere else [sessions.end(user, session.id)]
    for refresh_token in filter(None, ended):
        services.identity_provider.revoke(refresh_token)
    return services.identity_provider.sign_out_url()


def form_token(services: "SignInServices", session: Session) -> str:
    """What the forms of a page of this session send along: other sites cannot know it. Each page has another one: pages
    are compressed, and a text that stayed the same could be guessed bit by bit from their sizes (BREACH)."""
    return _form_token(services, session, secrets.token_hex(8))


def is_form_token(services: "SignInServices", session: Session, token: str) -> bool:
    """Whether a form was sent from a page of this session."""
    expected = _form_token(services, session, token.partition(".")[0])
    return hmac.compare_digest(expected.encode(), token.encode())


def _form_token(services: "SignInServices", session: Session, page: str) -> str:
    key = services.secrets.token_key().encode()
    return f"{page}.{hmac.digest(key, f'form {session.id} {page}'.encode(), 'sha256').hex()}"


MAX_AGE_S = LIFETIME_MS // 1000
"""How long the browser keeps the cookie, in seconds."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _load(services: "SignInServices", purpose: str, cookie: str, parts: int) -> list[str | int]:
    from itsdangerous import BadSignature

    try:
        values: list[str | int] = _signer(services, purpose).loads(cookie)
    except (BadSignature, ValueError):
        values = []
    if len(values) != parts:
        raise NotAllowed("This sign-in was not begun in this browser: sign in again.")
    return values


def _signer(services: "SignInServices", purpose: str) -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        services.secrets.token_key(),
        salt=f"desk {purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
