"""All records of one person: the main record, and those that were merged into it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports.cases import Page

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasCustomers


def main_record(services: "HasCustomers", key: str) -> Customer | None:
    """The main record of the person whose record has this key: the record itself unless it was merged into another."""
    record = services.customers.load([key]).get(key)
    seen = {key}
    while record is not None and record.root is not None and record.root not in seen:
        seen.add(record.root)
        record = services.customers.load([record.root]).get(record.root)
    return record


def linked_records(services: "HasCustomers", root: Customer) -> list[Customer]:
    """The main record and all records that were merged into it, at any depth."""
    records = level = {key_of_id(root.id): root}
    while level:
        below = dict.fromkeys(key for record in level.values() for key in record.members if key not in records)
        level = services.customers.load(below) if below else {}
        records = records | level
    return list(records.values())


def load_person(services: "HasCustomers", key: str) -> Customer | None:
    """The main record, with what all records of the person say about surveys: the latest consent, the last survey, and
    whether their address bounces."""
    root = main_record(services, key)
    if root is None or not root.members:
        return root
    records = linked_records(services, root)
    consents = [record.consents["surveys"] for record in records if "surveys" in record.consents]
    latest = max(consents, key=lambda consent: consent.at, default=None)
    withdrawn_at = latest.at if latest is not None and latest.state == "withdrawn" else None
    surveyed = [record for record in records if record.surveyed_at]
    last_surveyed = max(surveyed, key=lambda record: record.surveyed_at or 0, default=root)
    return replace(
        root,
        consent_withdrawn_at=withdrawn_at if consents else root.consent_withdrawn_at,
        surveyed_at=last_surveyed.surveyed_at,
        survey=last_surveyed.survey,
        undeliverable=_undeliverable_address(root, records),
    )


def _undeliverable_address(root: Customer, records: list[Customer]) -> str | None:
    """The person's email address, if it bounces according to any of their records."""
    address = mail_of(root.email)
    return address if address is not None and any(record.undeliverable == address for record in records) else None


def was_erased_since(services: "HasCustomers", key: str, since: Instant) -> bool:
    """Whether the record with this key was erased at `since` or later, and has not come back. Whoever has stored a file
    asks afterwards: an erasure first marks the record and then removes its files, so one of the two sees the other."""
    record = services.customers.load([key]).get(key)
    return record is not None and record.erased_at is not None and record.erased_at >= since


def read_all(keys: list[str], page_of: Callable[[str, str | None], Page]) -> Iterator[Any]:
    """All items of the lists of these records, read page by page. `page_of` reads a page by key and `after`."""
    for key in keys:
        page = page_of(key, None)
        yield from page.items
        while page.next is not None:
            page = page_of(key, page.next)
            yield from page.items


def keys_of(records: list[Customer]) -> list[str]:
    """The keys of these records."""
    return [key_of_id(record.id) for record in records]
