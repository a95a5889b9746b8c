"""The managed login of the user pool (Amazon Cognito): authorization code flow with PKCE.

The token endpoint is called directly over TLS, so its ID token needs no check of its signature (OpenID Connect Core
1.0, 3.1.3.7, point 6); issuer, audience, time and nonce are checked. It gives a refresh token that lasts as long as
a session of the desk.
"""

import base64
import hashlib
import time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import msgspec
import urllib3
from msgspec import Struct

from chalicelib.adapters.aws.secrets import ParameterSecrets
from chalicelib.domain.desk.session import Identity
from chalicelib.observability import logger
from chalicelib.usecases.ports.cases import RetryLater

TIMEOUT = urllib3.Timeout(connect=3, read=10)
SCOPES = "openid email profile"
LEEWAY_S = 60
"""By how much clocks may differ."""


class Configuration(Struct, frozen=True):
    """What the template writes into the parameter store: it is known only after the function exists. `login`: the
    managed login's address; `api`: ours; `issuer`: who signs the pool's tokens."""

    client: str
    login: str
    api: str
    issuer: str


class TokenClaims(Struct, frozen=True):
    """The claims of an ID token that are looked at."""

    iss: str
    aud: str
    exp: int
    nonce: str = ""
    username: str = msgspec.field(name="cognito:username", default="")
    groups: list[str] = msgspec.field(name="cognito:groups", default_factory=list)
    email: str = ""


class ManagedLoginUnavailable(RetryLater):
    """The user pool did not answer, or not as it should."""


class ManagedLogin:
    """The `IdentityProvider` port on Cognito's managed login."""

    def __init__(self, parameters: ParameterSecrets) -> None:
        self.parameters = parameters

    @cached_property
    def configuration(self) -> Configuration:
        """The pool's client and addresses."""
        return msgspec.json.decode(self.parameters.desk_configuration() or "{}", type=Configuration)

    @property
    def api_url(self) -> str:
        """The API's own base URL."""
        return self.configuration.api

    @property
    def desk_url(self) -> str:
        """The address of the agents' desk."""
        return f"{self.api_url}/desk"

    def sign_in_url(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.configuration.client,
            "redirect_uri": self._callback,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge_method": "S256",
            "code_challenge": challenge,
        }
        return f"{self.configuration.login}/oauth2/authorize?{urlencode(query)}"

    def sign_out_url(self) -> str:
        """Where the browser goes to end the managed login's own session."""
        query = {"client_id": self.configuration.client, "logout_uri": f"{self.desk_url}/signed-out"}
        return f"{self.configuration.login}/logout?{urlencode(query)}"

    def exchange(self, code: str, nonce: str, verifier: str) -> Identity | None:
        """Who signed in; None when the code is not valid."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._callback}
        return self._identity(form | {"code_verifier": verifier}, nonce)

    def refresh(self, refresh_token: str) -> Identity | None:
        """Who this is now; None when the user pool no longer accepts the refresh token."""
        return self._identity({"grant_type": "refresh_token", "refresh_token": refresh_token}, None)

    def revoke(self, refresh_token: str) -> None:
        """Have the user pool no longer accept a refresh token."""
        try:
            self._post("revoke", {"token": refresh_token})
        except ManagedLoginUnavailable:
            logger.warning("a refresh token could not be revoked")

    @property
    def _callback(self) -> str:
        return f"{self.desk_url}/callback"

    def _identity(self, form: dict[str, str], nonce: str | None) -> Identity | None:
        status, body = self._post("token", form)
        if status >= 500:
            raise ManagedLoginUnavailable(f"The user pool answered {status}.")
        if status != 200:
            logger.info("sign-in refused by the user pool", extra={"status": status})
            return None
        tokens: dict[str, Any] = msgspec.json.decode(body)
        claims = _read_claims(str(tokens.get("id_token", "")))
        if not self._are_ours(claims, nonce):
            logger.warning("an ID token that is not for us")
            return None
        return Identity(
            user=claims.username,
            groups=tuple(claims.groups),
            email=claims.email,
            refresh_token=str(tokens.get("refresh_token", "")),
        )

    def _are_ours(self, claims: TokenClaims, nonce: str | None) -> bool:
        issued = claims.iss == self.configuration.issuer and claims.aud == self.configuration.client
        asked = nonce is None or claims.nonce == nonce
        return issued and asked and bool(claims.username) and claims.exp > time.time() - LEEWAY_S

    def _post(self, endpoint: str, form: dict[str, str]) -> tuple[int, bytes]:
        url = f"{self.configuration.login}/oauth2/{endpoint}"
        body = urlencode(form | {"client_id": self.configuration.client})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as pool:
                answer = pool.request("POST", url, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise ManagedLoginUnavailable(type(error).__name__) from error
        return answer.status, answer.data


def _read_claims(token: str) -> TokenClaims:
    parts = token.split(".")
    text = parts[1] if len(parts) == 3 else ""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=TokenClaims)
    except (msgspec.MsgspecError, ValueError):
        return TokenClaims("", "", 0)
