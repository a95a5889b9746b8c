"""Encrypts the private fields of structs on the way into the table, and decrypts them on the way out.

An item has its struct in clear text without the private fields. Those are in its attribute `sealed`, encrypted with the
key that the attribute `whose` names. When that key was destroyed, the private fields are blank.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from chalicelib.adapters.aws.dynamo import Item
from chalicelib.domain.cases.codecs import StoredFormats
from chalicelib.domain.kernel.private_fields import Secret, join_private, split_private
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.adapters.aws.encryption.key_store import Vault

S = TypeVar("S", bound=Struct)
_encode = msgspec.json.Encoder().encode


class FieldEncryption:
    """Encrypts and decrypts private fields of items. The vault is opened when it is first needed."""

    def __init__(self, formats: StoredFormats, open_vault: Callable[[], "Vault"]) -> None:
        self._formats = formats
        self._open_vault = open_vault

    @property
    def vault(self) -> "Vault":
        """The store of the keys."""
        return self._open_vault()

    def put(self, item: Item, name: str, value: Struct, shop: str, whose: str) -> Item:
        """The item with a struct as the attribute `name`, and its private fields encrypted with the key of a customer
        (`whose`)."""
        clean, secret = split_private(value)
        return item | {name: self._formats.encode(clean)} | (self.sealed(item, secret, shop, whose) if secret else {})

    def sealed(self, item: Item, secret: Secret, shop: str, whose: str) -> Item:
        """The attributes with the encrypted fields of an item; none when it has no private fields."""
        return self.sealed_bytes(item, _encode(secret), shop, whose) if secret else {}

    def sealed_bytes(
        self,
        item: Item,
        text: bytes,
        shop: str,
        whose: str,
        until: Instant | None = None,
        is_probably_new: bool = False,
    ) -> Item:
        """The attributes with an encrypted text of an item. `until`: when a key that is created for it expires;
        `is_probably_new`: as for `Vault.seal`."""
        owner = f"{shop}#{whose}"
        return {"sealed": self.vault.seal(owner, _place(item), text, until, is_probably_new), "whose": owner}

    def read(self, item: Item, name: str, kind: type[S]) -> S:
        """The struct of the attribute `name` with its private fields; they are blank when their key was destroyed."""
        value = self.clear(item, name, kind)
        return join_private(value, self.opened(item)) if "sealed" in item else value

    def clear(self, item: Item, name: str, kind: type[S]) -> S:
        """The struct of the attribute `name` without its private fields, which needs no key."""
        return self._formats.decode(item[name], kind)

    def opened(self, item: Item) -> Secret:
        """The decrypted private fields of an item; None when it has none, or their key was destroyed."""
        text = self.opened_bytes(item)
        return msgspec.json.decode(text) if text is not None else None

    def opened_bytes(self, item: Item) -> bytes | None:
        """The decrypted text of an item; None as for `opened`."""
        return self.vault.open(item["whose"], _place(item), item["sealed"]) if "sealed" in item else None

    def preload(self, items: Iterable[Item]) -> None:
        """Read the keys that these items need in one request."""
        names = {item["whose"] for item in items if "whose" in item}
        if names:
            self.vault.preload(names)


def _place(item: Item) -> str:
    return f"{item['pk']}/{item['sk']}"
