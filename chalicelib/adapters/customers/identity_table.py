"""Identifiers of customers in the table, which records are one person, what happened to them, and who read them."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import touch_item
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.customers.customer import ACCESS_DAYS, Access, Customer, CustomerEvent
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, SECOND_MS, Instant
from chalicelib.domain.privacy.erasure import ERASURE_LIFETIME_MS, Erasure
from chalicelib.usecases.ports.cases import Page, VersionConflict


class IdentityTable:
    """The `IdentityStore` port on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal
        self._recorded: set[tuple[str, Access]] = set()

    def add_identifiers(self, shop: str, key: str, identifiers: Sequence[Identifier]) -> None:
        """Let a record be found by these identifiers."""
        if len(identifiers) == 1:
            self.table.put({"pk": self._partition(shop, identifiers[0]), "sk": key})
        else:
            self.table.write_many([{"pk": self._partition(shop, by), "sk": key} for by in identifiers])

    def identified_by(self, shop: str, by: Identifier) -> list[str]:
        """The keys of the records that have, or had, this identifier."""
        return [item["sk"] for item in self.table.query(self._partition(shop, by))]

    def remove_identifier(self, shop: str, key: str, by: Identifier) -> None:
        """Let a record no longer be found by this identifier."""
        self.table.delete(self._partition(shop, by), key)

    def _partition(self, shop: str, by: Identifier) -> str:
        """The partition of an identifier: a hash with the shop's key, which does not reveal the identifier."""
        return f"WHO#{shop}#{self.personal.vault.fingerprint(shop, f'{by.kind}:{by.value}')}"

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        """Merge or unmerge two records with the event on both; `VersionConflict` when one changed in between."""
        is_merge = event.type == "merged"
        top, below = key_of_id(into.id), key_of_id(member.id)
        others = tuple(key for key in into.members if key != below)
        members = (*others, below) if is_merge else others
        apart: dict[str, str | None] = {} if is_merge else {"apart": ",".join(sorted({*member.apart, top}))}
        not_erased: dict[str, str | None] = {"erased_at": None} if is_merge else {}
        old_top = {"members": _joined(into.members), "root": into.root} | not_erased
        writes = [
            self._change(top, {"members": _joined(members)}, old_top),
            self._change(below, {"root": top if is_merge else None} | apart, {"root": member.root} | not_erased),
            *(self.table.put_new(self._event_item(key, event)) for key in (top, below)),
        ]
        for key in (top, below):
            self.table.put(touch_item(event.shop, key, event.at))
        try:
            self.table.transact(writes)
        except ConditionFailed:
            raise VersionConflict from None

    def save_erasure(self, erasure: Erasure) -> None:
        """Store an erasure; unless it is done, the relay sends it to a worker that completes it."""
        self.table.put(
            {
                "pk": f"ERASURE#{erasure.id}",
                "sk": "X",
                "erasure": msgspec.json.encode(erasure).decode(),
                "relay": "intake" if erasure.done_at is None else None,
                "ttl": (erasure.at + ERASURE_LIFETIME_MS) // SECOND_MS,
            }
        )

    def load_erasure(self, identifier: str) -> Erasure | None:
        """The erasure with this id."""
        item = self.table.get(f"ERASURE#{identifier}", "X")
        return msgspec.json.decode(item["erasure"], type=Erasure) if item else None

    def _event_item(self, key: str, event: CustomerEvent) -> Item:
        item: Item = {"pk": keys.customer(key), "sk": f"E#{event.id}"}
        return self.personal.put(item, "event", event, event.shop, key)

    def _change(self, key: str, new: dict[str, str | None], old: dict[str, str | None]) -> dict[str, object]:
        return self.table.change(keys.customer(key), "C", new, old)

    def add_event(self, key: str, event: CustomerEvent) -> None:
        """Store what happened to a record."""
        self.table.put(self._event_item(key, event))

    def events(self, key: str, limit: int, after: str | None) -> Page:
        """A page of what happened to a record, in order."""
        return self._page(key, "E", limit, after, lambda item: self.personal.read(item, "event", CustomerEvent))

    def record_access(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        """Note that a member of staff read the data of these customers: once per hour, person and kind of reading."""
        access = Access(by=by, what=what, hour=now // HOUR_MS * HOUR_MS)
        new = [key for key in customers if (key, access) not in self._recorded]
        if not new:
            return
        if len(new) == 1:
            self.table.put(_access_item(new[0], access))
        else:
            self.table.write_many([_access_item(key, access) for key in new])
        this_hour = {recorded for recorded in self._recorded if recorded[1].hour == access.hour}
        self._recorded = this_hour | {(key, access) for key in new}

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        """A page of who read a customer's data, in order."""
        return self._page(
            key, "A", limit, after, lambda item: Access(by=item["by"], what=item["what"], hour=item["hour"])
        )

    def _page(self, key: str, kind: str, limit: int, after: str | None, read: Callable[[Item], Any]) -> Page:
        bounds = (f"{after}\x00" if after else f"{kind}#", f"{kind}$")
        items = list(islice(self.table.query(keys.customer(key), between=bounds, page=limit + 1), limit + 1))
        return Page([read(item) for item in items[:limit]], items[limit - 1]["sk"] if len(items) > limit else None)


def _joined(keys_of_records: tuple[str, ...]) -> str | None:
    return ",".join(keys_of_records) or None


def _access_item(key: str, access: Access) -> Item:
    return {
        "pk": keys.customer(key),
        "sk": access.place,
        "by": access.by,
        "what": access.what,
        "hour": access.hour,
        "ttl": (access.hour + ACCESS_DAYS * DAY_MS) // SECOND_MS,
    }
