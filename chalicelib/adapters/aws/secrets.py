"""Secrets in the parameter store: encrypted, and cached in memory for a few minutes."""

import secrets
import time
from typing import Any

import msgspec

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.shops.webhook_sources import Access, WebhookSecrets

CACHE_SECONDS = 300
FRESH_SECONDS = 5


class ParameterSecrets:
    """The `Secrets` port on SSM. Parameters are below `prefix`: some per shop, and one for the links in emails."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._cache: dict[str, tuple[float, Any]] = {}

    def hook_secrets(self, shop: str, fresh: bool = False) -> WebhookSecrets | None:
        """The webhook secrets of a shop by source; None when there is no such shop. `fresh`: read in the last few
        seconds."""
        if not shop.replace("-", "").isalnum() or not shop.isascii():
            return None
        name = f"{self.prefix}/shops/{shop}/hooks"
        if fresh and self._cache.get(name, (0.0, None))[0] < time.monotonic() + CACHE_SECONDS - FRESH_SECONDS:
            self._cache.pop(name, None)
        text = self._read(name)
        return msgspec.json.decode(text, type=WebhookSecrets) if text else None

    def make_webhook_secrets(self, shop: str, made: WebhookSecrets) -> None:
        """Save a new shop's webhook secrets; existing ones stay."""
        self._create(f"{self.prefix}/shops/{shop}/hooks", msgspec.json.encode(made).decode())

    def save_webhook_secrets(self, shop: str, webhook_secrets: WebhookSecrets) -> None:
        """Save a shop's webhook secrets."""
        self._save(f"{self.prefix}/shops/{shop}/hooks", webhook_secrets)

    def access(self, shop: str, source: Source) -> Access | None:
        """The credentials for a platform's API for this shop; None when they were not given."""
        text = self._read(f"{self.prefix}/shops/{shop}/{source}")
        return msgspec.json.decode(text, type=Access) if text else None

    def save_access(self, shop: str, source: Source, access: Access) -> None:
        """Save the credentials for a platform's API for this shop."""
        self._save(f"{self.prefix}/shops/{shop}/{source}", access)

    def endpoint_secrets(self, shop: str, need: str | None = None) -> dict[str, tuple[Secret, ...]]:
        """The secrets of a shop's endpoints by name, the newest first. They are read again when the cached ones have
        none for `need`, and when it is not given."""
        name = f"{self.prefix}/shops/{shop}/endpoints"
        kind = dict[str, tuple[Secret, ...]]
        if need is None or need not in msgspec.json.decode(self._read(name) or "{}", type=kind):
            self._cache.pop(name, None)
        return msgspec.json.decode(self._read(name) or "{}", type=kind)

    def save_endpoint_secrets(self, shop: str, secrets: dict[str, tuple[Secret, ...]]) -> None:
        """Save the secrets of a shop's endpoints."""
        self._save(f"{self.prefix}/shops/{shop}/endpoints", secrets)

    def token_key(self) -> str:
        """The key that signs links; created the first time it is needed."""
        name = f"{self.prefix}/links"
        key = self._read(name)
        if key is None:
            self._create(name, secrets.token_urlsafe(48))
            key = self._read(name)
        assert key is not None
        return key

    def desk_configuration(self) -> str | None:
        """How staff sign in, as the template wrote it (`ManagedLogin`); None where it did not."""
        return self._read(f"{self.prefix}/desk")

    def _save(self, name: str, value: Any) -> None:
        text = msgspec.json.encode(value).decode()
        client("ssm").put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
        self._cache.pop(name, None)

    def _create(self, name: str, value: str) -> None:
        try:
            client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=False)
        except ServiceError as error:
            if error.code != "ParameterAlreadyExists":
                raise

    def _read(self, name: str) -> str | None:
        until, value = self._cache.get(name, (0.0, None))
        if until > time.monotonic():
            return str(value)
        try:
            value = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except ServiceError as error:
            if error.code == "ParameterNotFound":
                return None
            raise
        self._cache[name] = (time.monotonic() + CACHE_SECONDS, value)
        return str(value)
