"""Run the application without privacy, to measure what privacy costs: nothing is encrypted, no customer is
identified, and access to cases is not logged."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from chalicelib.adapters.customers import customer_table
from chalicelib.adapters.customers.identity_table import IdentityTable
from chalicelib.domain.kernel.ids import key_of


class PlainVault:
    """A vault without keys, which stores everything as it is."""

    def clear_cache(self) -> None:
        """Nothing is cached."""

    def preload(self, names: Iterable[str]) -> None:
        """There are no keys to read."""

    def seal(self, _name: str, _place: str, text: bytes, *_more: object) -> bytes:
        """The text, not encrypted."""
        return text

    def fingerprint(self, shop: str, text: str) -> str:
        """A hash without a key."""
        return key_of(shop, text) * 2

    def open(self, _name: str, _place: str, sealed: bytes) -> bytes:
        """The text, which was not encrypted."""
        return sealed


@contextmanager
def without_privacy(services: Any) -> Iterator[None]:
    """Run the services without privacy inside this block."""
    vault = services.vault
    vars(services)["vault"] = PlainVault()
    with (
        patch.object(customer_table, "has_identifiers", lambda _: False),
        patch.object(IdentityTable, "record_access", lambda *_: None),
    ):
        yield
    vars(services)["vault"] = vault
