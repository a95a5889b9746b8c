"""Secrets in the parameter store, encrypted, read once and kept in memory for a few minutes."""

import secrets
import time
from typing import Any

import msgspec

from chalicelib.adapters.aws.clients import client
from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.shops.webhook_sources import Access, WebhookSecrets

KEEP_SECONDS, FRESH_SECONDS = 300, 5


class ParameterSecrets:
    """The `Secrets` on SSM. Parameters lie below `prefix`, one a shop, and one for the links in mails."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._kept: dict[str, tuple[float, Any]] = {}

    def hook_secrets(self, shop: str, fresh: bool = False) -> WebhookSecrets | None:
        """The webhook secrets of a shop by source; None when there is no such shop."""
        if not shop.replace("-", "").isalnum() or not shop.isascii():
            return None
        name = f"{self.prefix}/shops/{shop}/hooks"
        if fresh and self._kept.get(name, (0.0, None))[0] < time.monotonic() + KEEP_SECONDS - FRESH_SECONDS:
            self._kept.pop(name, None)
        text = self._read(name)
        return msgspec.json.decode(text, type=WebhookSecrets) if text else None

    def make_webhook_secrets(self, shop: str, made: WebhookSecrets) -> None:
        """Keep a new shop's webhook secrets; those that exist stay."""
        self._make(f"{self.prefix}/shops/{shop}/hooks", msgspec.json.encode(made).decode())

    def save_webhook_secrets(self, shop: str, kept: WebhookSecrets) -> None:
        """Keep a shop's webhook secrets."""
        self._keep(f"{self.prefix}/shops/{shop}/hooks", kept)

    def access(self, shop: str, source: Source) -> Access | None:
        """How to ask a platform about this shop; None when nobody has told."""
        text = self._read(f"{self.prefix}/shops/{shop}/{source}")
        return msgspec.json.decode(text, type=Access) if text else None

    def save_access(self, shop: str, source: Source, access: Access) -> None:
        """Keep how to ask a platform about this shop."""
        self._keep(f"{self.prefix}/shops/{shop}/{source}", access)

    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]:
        """The secrets of a shop's endpoints by name, the newest first; read anew when the one needed is not known."""
        name = f"{self.prefix}/shops/{shop}/endpoints"
        kind = dict[str, tuple[Secret, ...]]
        if need is None or need not in msgspec.json.decode(self._read(name) or "{}", type=kind):
            self._kept.pop(name, None)
        return msgspec.json.decode(self._read(name) or "{}", type=kind)

    def save_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None:
        """Keep the secrets of a shop's endpoints."""
        self._keep(f"{self.prefix}/shops/{shop}/endpoints", secrets)

    def token_key(self) -> str:
        """The key that signs links; made the first time it is needed."""
        name = f"{self.prefix}/links"
        found = self._read(name)
        if found is None:
            self._make(name, secrets.token_urlsafe(48))
            found = self._read(name)
        assert found is not None
        return found

    def _keep(self, name: str, value: Any) -> None:
        text = msgspec.json.encode(value).decode()
        client("ssm").put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
        self._kept.pop(name, None)

    def _make(self, name: str, value: str) -> None:
        ssm = client("ssm")
        try:
            ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=False)
        except ssm.exceptions.ParameterAlreadyExists:
            return

    def _read(self, name: str) -> str | None:
        until, value = self._kept.get(name, (0.0, None))
        if until > time.monotonic():
            return str(value)
        ssm = client("ssm")
        try:
            value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            return None
        self._kept[name] = (time.monotonic() + KEEP_SECONDS, value)
        return str(value)
