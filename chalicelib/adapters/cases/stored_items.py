"""Reads the items of cases and events, and writes and reads those of packs and of idempotency records."""

import zlib

from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.packs import EventPack, Packed
from chalicelib.domain.desk.unread import Latest
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.usecases.ports.cases import IdempotencyRecord, StoredCase

IDEMPOTENCY_DAYS = 7


def read_case(item: Item, personal: FieldEncryption) -> StoredCase:
    """The stored case of an item."""
    return StoredCase(
        key=case_key_of(item),
        case=personal.read(item, "state", Case) if "state" in item else None,
        version=item["version"],
        last=item["last"],
        armed=item.get("armed"),
        claimed=item.get("claimed") or 0,
        packed=Packed(item.get("packed", 0), item.get("packed_to", "")),
        latest=read_latest(item.get("latest", "")),
    )


def read_clear_case(item: Item, personal: FieldEncryption) -> StoredCase:
    """The stored case of an item that has one, without private text: no key is needed."""
    stored = read_case({name: value for name, value in item.items() if name not in ("state", "sealed")}, personal)
    return replace(stored, case=personal.clear(item, "state", Case))


def stored_latest(latest: tuple[Latest, ...]) -> str | None:
    """Who added something last, as it is stored, a line for each; None if nobody did."""
    return "\n".join(f"{each.version} {each.by}" for each in latest) or None


def read_latest(stored: str) -> tuple[Latest, ...]:
    """Who added something last, as it was stored."""
    lines = (line.partition(" ") for line in stored.split("\n") if line)
    return tuple(Latest(int(version), by) for version, _, by in lines)


def read_event(item: Item, personal: FieldEncryption) -> Event:
    """The event of an item."""
    return personal.read(item, "event", Event)


def pack_item(item: Item, pack: EventPack, personal: FieldEncryption, shop: str, owner: str) -> Item:
    """The item of a pack, with its clear text compressed."""
    item = personal.put(item, "events", pack, shop, owner)
    return item | {"events": zlib.compress(item["events"].encode())}


def read_events(item: Item, personal: FieldEncryption) -> tuple[Event, ...]:
    """The events of a pack, or the one event of an item."""
    if "event" in item:
        return (read_event(item, personal),)
    clear = item | {"events": zlib.decompress(item["events"]).decode()}
    return personal.read(clear, "events", EventPack).events


def opening_fact(event: Event) -> CaseOpened:
    """The fact of an event that opened a case."""
    assert isinstance(event.fact, CaseOpened)
    return event.fact


def case_key_of(item: Item) -> str:
    """The key of the case that an item belongs to, from its partition key."""
    return str(item["pk"]).removeprefix("CASE#")


def listed_key(stored: StoredCase) -> str:
    """The sort key of a case in the indexes that list it."""
    assert stored.case is not None
    return keys.listed(stored.case.opened_at, stored.key)


def idempotency_item(record: IdempotencyRecord, now: Instant) -> Item:
    """The item of an idempotency record, which expires after a week."""
    return {
        "pk": f"ONCE#{record.key}",
        "sk": "O",
        "digest": record.digest,
        "case": record.case,
        "version": record.version,
        "ttl": (now + IDEMPOTENCY_DAYS * DAY_MS) // SECOND_MS,
    }


def read_idempotency(item: Item) -> IdempotencyRecord:
    """The idempotency record of an item."""
    return IdempotencyRecord(
        key=item["pk"].removeprefix("ONCE#"),
        digest=item["digest"],
        case=item.get("case", ""),
        version=item["version"],
    )
