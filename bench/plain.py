"""The same desk without what privacy costs: nothing sealed, nobody identified, no reading noted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from chalicelib.adapters.customers.customer_table import CustomerTable
from chalicelib.adapters.customers.identity_table import IdentityTable
from chalicelib.domain.kernel.ids import key_of


class Plain:
    """A vault that leaves everything as it is, and has no keys."""

    def clear_cache(self) -> None:
        """Nothing is cached."""

    def preload(self, names: Iterable[str]) -> None:
        """There is nothing to read."""

    def seal(self, _name: str, _place: str, text: bytes, _until: object = None) -> bytes:
        """The text."""
        return text

    def fingerprint(self, shop: str, text: str) -> str:
        """A hash without a key."""
        return key_of(shop, text) * 2

    def open(self, _name: str, _place: str, sealed: bytes) -> bytes:
        """The text."""
        return sealed


@contextmanager
def plain(services: Any) -> Iterator[None]:
    """Work at that desk as if nothing were private."""
    kept = services.vault
    vars(services)["vault"] = Plain()
    with (
        patch.object(CustomerTable, "_to_identify", lambda *_: {}),
        patch.object(IdentityTable, "read_of", lambda *_: None),
    ):
        yield
    vars(services)["vault"] = kept
