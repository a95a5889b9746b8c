"""The keys of people, in a table of their own that no backup, stream or export copies.

A person's key is random, wrapped with their shop's key, and the shop's is a data key of KMS. So KMS is asked once a
process and shop, and what is destroyed here is unreadable everywhere else at once: in the table, its stream, its
backups. The ciphers are libsodium's (XChaCha20-Poly1305), each bound to the place its text is stored at.
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
from chalicelib.adapters.aws.dynamo import Refused, Table
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant

SHOPS_SECONDS = 300


class Vault:
    """Keys by name: `<shop>#<whose>`. What was read stays until the invocation ends."""

    def __init__(self, table: Table, master: str) -> None:
        self.table, self.master = table, master
        self._shops: dict[str, bytes] = {}
        self._keys: dict[str, Aead | None] = {}
        self._until = time.monotonic() + SHOPS_SECONDS

    def forget(self) -> None:
        """A new invocation begins: keys may have been destroyed meanwhile; shops' are read again after minutes."""
        self._keys.clear()
        if time.monotonic() > self._until:
            self._shops.clear()
            self._until = time.monotonic() + SHOPS_SECONDS

    def ahead(self, names: Iterable[str]) -> None:
        """Read these keys together."""
        wanted = sorted({name for name in names if name not in self._keys})
        if not wanted:
            return
        found = {item["pk"]: item.get("wrapped") for item in self.table.get_many([(name, "K") for name in wanted])}
        for name in wanted:
            wrapped = found.get(name)
            self._keys[name] = self._read_key(name, wrapped) if wrapped else None

    def seal(self, name: str, place: str, text: bytes, until: Instant | None = None) -> bytes:
        """The text, readable with this key at this place only. The key is made when there is none; `until` lets a
        new one end by itself."""
        self.ahead([name])
        key = self._keys[name] = self._keys[name] or self._make(name, until)
        return bytes(key.encrypt(text, place.encode()))

    def open(self, name: str, place: str, sealed: bytes) -> bytes | None:
        """The text; None when its key was destroyed. CryptoError when it was not sealed for this place."""
        self.ahead([name])
        key = self._keys[name]
        try:
            return key.decrypt(sealed, place.encode()) if key else None
        except CryptoError:
            if self._is_made_anew(name):
                return None
            raise

    def _is_made_anew(self, name: str) -> bool:
        """Whether the key was destroyed and made again since, so that older texts stay closed."""
        item = self.table.get(name, "K")
        return item is not None and item.get("made", 1) > 1

    def fingerprint(self, shop: str, text: str) -> str:
        """A text's hash, keyed with the shop's key: equal texts have equal ones, and nobody else can make them."""
        digest = blake2b(text.encode(), key=self._shop_secret(shop), digest_size=15, encoder=RawEncoder)
        return base64.b32encode(digest).decode()

    def destroy(self, names: Iterable[str]) -> None:
        """Destroy these keys. What was sealed with them is gone."""
        for name in sorted(set(names)):
            self._keys[name] = None
            self._bury(name)

    def _bury(self, name: str) -> None:
        """Take the key and leave its number, so that a key made anew is known to be another one."""
        try:
            self.table.update(name, "K", "REMOVE #wrapped ADD #made :one", {":one": 1}, "attribute_exists(#wrapped)")
        except Refused:
            return

    def _make(self, name: str, until: Instant | None) -> Aead:
        fresh = random(Aead.KEY_SIZE)
        wrapped = bytes(self._shop_key(name.partition("#")[0]).encrypt(fresh, name.encode()))
        ttl = until // SECOND_MS if until is not None else None
        try:
            self.table.put({"pk": name, "sk": "K", "wrapped": wrapped, "made": 1, "ttl": ttl}, only_new=True)
        except Refused as refused:
            standing = refused.reasons[0] or {}
            kept = standing["wrapped"] if "wrapped" in standing else self._make_anew(name, wrapped)
            return self._unwrapped(name, kept)
        return Aead(fresh)

    def _make_anew(self, name: str, wrapped: bytes) -> bytes:
        """A key in the place of one that was destroyed."""
        try:
            self.table.update(
                name, "K", "SET #wrapped = :wrapped", {":wrapped": wrapped}, "attribute_not_exists(#wrapped)"
            )
        except Refused as refused:  # somebody else was faster
            return bytes((refused.reasons[0] or {})["wrapped"])
        return wrapped

    def _read_key(self, name: str, wrapped: bytes) -> Aead | None:
        """A key as it was wrapped; None when its shop was closed since, and its key destroyed."""
        if self._known_secret(name.partition("#")[0]) is None:
            return None
        try:
            return self._unwrapped(name, wrapped)
        except CryptoError:  # the shop was closed and opened anew
            return None

    def _unwrapped(self, name: str, wrapped: bytes) -> Aead:
        return Aead(self._shop_key(name.partition("#")[0]).decrypt(wrapped, name.encode()))

    def _shop_key(self, shop: str) -> Aead:
        return Aead(self._shop_secret(shop))

    def _shop_secret(self, shop: str) -> bytes:
        """A shop's key: made by KMS for the shop's first person, opened by KMS once in a process."""
        known = self._known_secret(shop)
        if known is None:
            known = self._shops[shop] = self._make_shop(shop)
        return known

    def _known_secret(self, shop: str) -> bytes | None:
        """A shop's key; None when the shop has none, or it was destroyed."""
        if shop not in self._shops:
            item = self.table.get(shop, "S")
            if item is None:
                return None
            self._shops[shop] = self._opened(shop, item["wrapped"])
        return self._shops[shop]

    def _make_shop(self, shop: str) -> bytes:
        made = client("kms").generate_data_key(KeyId=self.master, KeySpec="AES_256", EncryptionContext={"shop": shop})
        try:
            self.table.put({"pk": shop, "sk": "S", "wrapped": made["CiphertextBlob"]}, only_new=True)
        except Refused as refused:
            return self._opened(shop, refused.reasons[0]["wrapped"])  # type: ignore[index]
        return bytes(made["Plaintext"])

    def _opened(self, shop: str, wrapped: bytes) -> bytes:
        told = client("kms").decrypt(KeyId=self.master, CiphertextBlob=wrapped, EncryptionContext={"shop": shop})
        return bytes(told["Plaintext"])
