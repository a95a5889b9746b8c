"""The encryption keys of customers, in a table of their own that no backup, stream or export copies.

A customer's key is random and wrapped with their shop's key, which is a data key of KMS. So KMS is called once per shop
and process, and destroying a key here makes data unreadable everywhere at once: in the table, its stream, its backups.
The cipher is libsodium's XChaCha20-Poly1305; each text is bound to the place where it is stored.
"""

import base64
import time
from collections.abc import Iterable

from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from nacl.secret import Aead
from nacl.utils import random

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.dynamo import ConditionFailed, Table
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant

SHOP_KEYS_SECONDS = 300


class Vault:
    """Keys by name: `<shop>#<customer key>`. Keys that were read are cached until the invocation ends."""

    def __init__(self, table: Table, master: str) -> None:
        self.table, self.master = table, master
        self._shops: dict[str, bytes] = {}
        self._keys: dict[str, Aead | None] = {}
        self._until = time.monotonic() + SHOP_KEYS_SECONDS

    def clear_cache(self) -> None:
        """Call it when a new invocation begins, because keys may have been destroyed since. The keys of shops stay in
        the cache for minutes."""
        self._keys.clear()
        if time.monotonic() > self._until:
            self._shops.clear()
            self._until = time.monotonic() + SHOP_KEYS_SECONDS

    def clear_ahead(self) -> None:
        """Clear the keys that were read ahead and not used."""
        self.table.clear_ahead()

    def preload(self, names: Iterable[str]) -> None:
        """Read these keys into the cache in one request."""
        missing = self.missing(names)
        if not missing:
            return
        items = self.table.get_many([(name, "K") for name in missing])
        wrapped_keys = {item["pk"]: item.get("wrapped") for item in items}
        for name in missing:
            wrapped = wrapped_keys.get(name)
            self._keys[name] = self._unwrap_if_possible(name, wrapped) if wrapped else None

    def missing(self, names: Iterable[str]) -> list[str]:
        """Which of these keys are not in the cache."""
        return sorted({name for name in names if name not in self._keys})

    def seal(
        self, name: str, place: str, text: bytes, until: Instant | None = None, is_probably_new: bool = False
    ) -> bytes:
        """The text encrypted with this key, readable at this place only. The key is created when there is none; `until`
        is when a new one expires. If it `is_probably_new`, it is created without looking for it first: one request
        instead of two, and a refused write instead of a read when there is one."""
        if not is_probably_new:
            self.preload([name])
        key = self._keys[name] = self._keys.get(name) or self._create_key(name, until)
        return bytes(key.encrypt(text, place.encode()))

    def open(self, name: str, place: str, sealed: bytes) -> bytes | None:
        """The decrypted text; None when its key was destroyed. CryptoError when it was not encrypted for this place."""
        self.preload([name])
        key = self._keys[name]
        try:
            return key.decrypt(sealed, place.encode()) if key else None
        except CryptoError:
            if self._was_recreated(name):
                return None
            raise

    def _was_recreated(self, name: str) -> bool:
        """Whether the key was destroyed and created again, so that texts of the earlier key stay unreadable."""
        item = self.table.get(name, "K")
        return item is not None and item.get("made", 1) > 1

    def fingerprint(self, shop: str, text: str) -> str:
        """A hash of the text with the shop's key: equal texts have equal hashes, and nobody without the key can compute
        them."""
        digest = blake2b(text.encode(), key=self._shop_key(shop), digest_size=15, encoder=RawEncoder)
        return base64.b32encode(digest).decode()

    def serves(self, shop: str) -> bool:
        """Whether the shop has a key. A shop gets one with the first text that is hashed or encrypted for it."""
        return self._load_shop_key(shop) is not None

    def destroy(self, names: Iterable[str]) -> None:
        """Destroy these keys. Everything that was encrypted with them is lost."""
        for name in sorted(set(names)):
            self._keys[name] = None
            self._delete_key(name)

    def _delete_key(self, name: str) -> None:
        """Delete the key and count it, so that a key that is created again is recognized as another one."""
        try:
            self.table.update(name, "K", "REMOVE #wrapped ADD #made :one", {":one": 1}, "attribute_exists(#wrapped)")
        except ConditionFailed:
            return

    def _create_key(self, name: str, until: Instant | None) -> Aead:
        """A new random key; the stored one when another worker has created it first."""
        key = random(Aead.KEY_SIZE)
        wrapped = bytes(self._shop_cipher(name.partition("#")[0]).encrypt(key, name.encode()))
        ttl = until // SECOND_MS if until is not None else None
        try:
            self.table.put({"pk": name, "sk": "K", "wrapped": wrapped, "made": 1, "ttl": ttl}, only_new=True)
        except ConditionFailed as refused:
            item = refused.reasons[0] or {}
            stored = item["wrapped"] if "wrapped" in item else self._recreate_key(name, wrapped)
            return self._unwrap(name, stored)
        return Aead(key)

    def _recreate_key(self, name: str, wrapped: bytes) -> bytes:
        """Store a key in place of one that was destroyed; the wrapped key that is stored then."""
        try:
            self.table.update(
                name, "K", "SET #wrapped = :wrapped", {":wrapped": wrapped}, "attribute_not_exists(#wrapped)"
            )
        except ConditionFailed as refused:  # another worker was faster
            return bytes((refused.reasons[0] or {})["wrapped"])
        return wrapped

    def _unwrap_if_possible(self, name: str, wrapped: bytes) -> Aead | None:
        """The key; None when the key of its shop was destroyed, because the shop was closed."""
        if self._load_shop_key(name.partition("#")[0]) is None:
            return None
        try:
            return self._unwrap(name, wrapped)
        except CryptoError:  # the shop was closed and opened again
            return None

    def _unwrap(self, name: str, wrapped: bytes) -> Aead:
        return Aead(self._shop_cipher(name.partition("#")[0]).decrypt(wrapped, name.encode()))

    def _shop_cipher(self, shop: str) -> Aead:
        return Aead(self._shop_key(shop))

    def _shop_key(self, shop: str) -> bytes:
        """A shop's key: created by KMS for the shop's first customer, decrypted by KMS once per process."""
        key = self._load_shop_key(shop)
        if key is None:
            key = self._shops[shop] = self._create_shop_key(shop)
        return key

    def _load_shop_key(self, shop: str) -> bytes | None:
        """A shop's key; None when the shop has none, or it was destroyed."""
        if shop not in self._shops:
            item = self.table.get(shop, "S")
            if item is None:
                return None
            self._shops[shop] = self._decrypt_shop_key(shop, item["wrapped"])
        return self._shops[shop]

    def _create_shop_key(self, shop: str) -> bytes:
        created = client("kms").generate_data_key(
            KeyId=self.master, KeySpec="AES_256", EncryptionContext={"shop": shop}
        )
        try:
            self.table.put({"pk": shop, "sk": "S", "wrapped": created["CiphertextBlob"]}, only_new=True)
        except ConditionFailed as refused:
            return self._decrypt_shop_key(shop, refused.reasons[0]["wrapped"])  # type: ignore[index]
        return bytes(created["Plaintext"])

    def _decrypt_shop_key(self, shop: str, wrapped: bytes) -> bytes:
        answer = client("kms").decrypt(KeyId=self.master, CiphertextBlob=wrapped, EncryptionContext={"shop": shop})
        return bytes(answer["Plaintext"])
