"""The one seam through which personal data passes on its way into the table and out of it.

An item keeps its struct in the clear but for what is private, which stands beside it: `sealed`, with the key that
`whose` names. Whose key is gone, that item's private fields are blank.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.aws.stored_formats import StoredFormats
from chalicelib.domain.kernel.private_fields import Secret, join_private, split_private
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.adapters.aws.key_store import Vault

S = TypeVar("S", bound=Struct)
_encode = msgspec.json.Encoder().encode


class FieldEncryption:
    """Seals and opens what is private in items. The vault is made when the first private thing comes."""

    def __init__(self, formats: StoredFormats, open_vault: Callable[[], "Vault"]) -> None:
        self._formats = formats
        self._open_vault = open_vault

    @property
    def vault(self) -> "Vault":
        """The keys."""
        return self._open_vault()

    def put(self, item: Item, name: str, value: Struct, shop: str, whose: str) -> Item:
        """The item with a struct under this name, its private fields sealed with the key of that person."""
        clean, secret = split_private(value)
        return item | {name: self._formats.encode(clean).decode()} | self.sealed(item, secret, shop, whose)

    def sealed(self, item: Item, secret: Secret, shop: str, whose: str) -> Item:
        """What stands beside the clear fields of an item; nothing where nothing is private."""
        return self.sealed_bytes(item, _encode(secret), shop, whose) if secret else {}

    def sealed_bytes(self, item: Item, text: bytes, shop: str, whose: str, until: Instant | None = None) -> Item:
        """What stands beside the clear fields of an item. `until`: when a key that is made for it ends by itself."""
        owner = f"{shop}#{whose}"
        return {"sealed": self.vault.seal(owner, _place(item), text, until), "whose": owner}

    def read(self, item: Item, name: str, kind: type[S]) -> S:
        """The struct under this name with its private fields; they are blank when the person's key is gone."""
        value = self._formats.decode(item[name], kind)
        return join_private(value, self.opened(item)) if "sealed" in item else value

    def opened(self, item: Item) -> Secret:
        """What is sealed in an item; None when nothing is, or the person's key is gone."""
        text = self.opened_bytes(item)
        return msgspec.json.decode(text) if text is not None else None

    def opened_bytes(self, item: Item) -> bytes | None:
        """What is sealed in an item, as it is."""
        return self.vault.open(item["whose"], _place(item), item["sealed"]) if "sealed" in item else None

    def ahead(self, items: Iterable[Item]) -> None:
        """Read together the keys that these items need."""
        names = {item["whose"] for item in items if "whose" in item}
        if names:
            self.vault.ahead(names)


def _place(item: Item) -> str:
    return f"{item['pk']}/{item['sk']}"
