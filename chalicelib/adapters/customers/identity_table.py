"""What people are known by, which records are one person, what happened to them, and who read of them."""

from collections.abc import Callable
from typing import Any

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import touch_item
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.domain.customers.customer import Access, Customer, CustomerEvent
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, SECOND_MS, Instant
from chalicelib.domain.privacy.erasure import KEPT, Erasure
from chalicelib.usecases.ports import Page, VersionConflict

KEEP_ACCESSES_DAYS = 366


class IdentityTable:
    """The `People` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal
        self._noted: set[tuple[str, ...]] = set()

    def know(self, shop: str, key: str, by: Identifier) -> None:
        """Let a record be found by this."""
        self.table.put({"pk": self._who(shop, by), "sk": key})

    def identified_by(self, shop: str, by: Identifier) -> list[str]:
        """The keys of the records that are known by this."""
        return [item["sk"] for item in self.table.query(self._who(shop, by))]

    def remove_identifier(self, shop: str, key: str, by: Identifier) -> None:
        """Let a record be found by this no more."""
        self.table.delete(self._who(shop, by), key)

    def _who(self, shop: str, by: Identifier) -> str:
        """The partition of an identifier: hashed with the shop's key, so that it tells nobody what it stands for."""
        return f"WHO#{shop}#{self.personal.vault.fingerprint(shop, f'{by.kind}:{by.value}')}"

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        """Merge or unmerge two records with the event on both; `VersionConflict` when one changed meanwhile."""
        merged, top, below = event.type == "merged", key_of_id(into.id), key_of_id(member.id)
        others = tuple(key for key in into.members if key != below)
        members = (*others, below) if merged else others
        apart: dict[str, str | None] = {} if merged else {"apart": ",".join(sorted({*member.apart, top}))}
        alive: dict[str, str | None] = {"erased_at": None} if merged else {}
        standing = {"members": _joined(into.members), "root": into.root} | alive
        writes = [
            self._relinked(top, {"members": _joined(members)}, standing),
            self._relinked(below, {"root": top if merged else None} | apart, {"root": member.root} | alive),
            *(self.table.put_new(self._event_item(key, event)) for key in (top, below)),
        ]
        for key in (top, below):
            self.table.put(touch_item(event.shop, key, event.at))
        try:
            self.table.transact(writes)
        except Refused:
            raise VersionConflict from None

    def plan(self, erasure: Erasure) -> None:
        """Write down what is to be forgotten: the relay has it carried to its end; or that it was."""
        self.table.put(
            {
                "pk": f"ERASURE#{erasure.id}",
                "sk": "X",
                "erasure": msgspec.json.encode(erasure).decode(),
                "relay": "intake" if erasure.done_at is None else None,
                "ttl": (erasure.at + KEPT) // SECOND_MS,
            }
        )

    def erasure(self, identifier: str) -> Erasure | None:
        """What was to be forgotten, by its id."""
        item = self.table.get(f"ERASURE#{identifier}", "X")
        return msgspec.json.decode(item["erasure"], type=Erasure) if item else None

    def _event_item(self, key: str, event: CustomerEvent) -> Item:
        item: Item = {"pk": keys.customer(key), "sk": f"E#{event.id}"}
        return self.personal.put(item, "event", event, event.shop, key)

    def _relinked(self, key: str, new: dict[str, str | None], old: dict[str, str | None]) -> dict[str, object]:
        return self.table.change(keys.customer(key), "C", new, old)

    def note(self, key: str, event: CustomerEvent) -> None:
        """Write down what happened to a record."""
        self.table.put(self._event_item(key, event))

    def events(self, key: str, limit: int, after: str | None) -> Page:
        """What happened to a record, in order."""
        return self._page(key, "E", limit, after, lambda item: self.personal.read(item, "event", CustomerEvent))

    def read_of(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        """Note that somebody read of these customers: once an hour, person and kind of reading."""
        hour = now // HOUR_MS * HOUR_MS
        fresh = [key for key in customers if (key, by, what, str(hour)) not in self._noted]
        if not fresh:
            return
        if len(fresh) == 1:
            self.table.put(_access_item(fresh[0], by, what, hour))
        else:
            self.table.write_many([_access_item(key, by, what, hour) for key in fresh])
        self._noted = {one for one in self._noted if one[3] == str(hour)} | {
            (key, by, what, str(hour)) for key in fresh
        }

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        """Who read of a customer, in order."""
        return self._page(
            key, "A", limit, after, lambda item: Access(by=item["by"], what=item["what"], hour=item["hour"])
        )

    def _page(self, key: str, kind: str, limit: int, after: str | None, read: Callable[[Item], Any]) -> Page:
        bounds = (f"{after}\x00" if after else f"{kind}#", f"{kind}$")
        found: list[Item] = []
        for item in self.table.query(keys.customer(key), between=bounds, page=limit + 1):
            found.append(item)
            if len(found) > limit:
                break
        return Page([read(item) for item in found[:limit]], found[limit - 1]["sk"] if len(found) > limit else None)


def _joined(keys_of_records: tuple[str, ...]) -> str | None:
    return ",".join(keys_of_records) or None


def _access_item(key: str, by: str, what: str, hour: Instant) -> Item:
    return {
        "pk": keys.customer(key),
        "sk": f"A#{hour:013d}#{what}#{by}",
        "by": by,
        "what": what,
        "hour": hour,
        "ttl": (hour + KEEP_ACCESSES_DAYS * DAY_MS) // SECOND_MS,
    }
