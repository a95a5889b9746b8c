"""Erase customers: destroy their keys, so that everything encrypted with them is unreadable in every copy.

Their cases stay, with their times and metrics. An erasure is stored before it runs, so that an interrupted one is
completed later; running it several times has the same result as once. A record's identifiers are removed from the index
first, while they can still be read, and its key is destroyed after that.
"""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer, CustomerEvent, CustomerEventType
from chalicelib.domain.customers.identity import identifiers, region_of
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.privacy.erasure import Erasure, ErasureTarget
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record, read_all
from chalicelib.usecases.customers.merge_customers import identify, unmerge
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.find_person import find_person, merges_to_undo
from chalicelib.usecases.search.index_case import erase_words

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasUploads,
        HasVault,
        HasWords,
    )

    class EraseCustomerServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasShops,
        HasUploads,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `erase_customer` uses."""


PAGE = 100
FILES = ("uploads", "evidence", "mails")
"""The folders of the bucket with files of cases."""
CUSTOMER_FILES = ("exports", "letters")
"""The folders of the bucket with files of customers."""


class ErasureOutcome(Struct, frozen=True, kw_only=True):
    """The result of an erasure, which is shown as its receipt."""

    customer: str
    at: Instant
    records: int
    cases: int
    files: int


def erase_customer(services: "EraseCustomerServices", customer: Customer, by: Actor) -> ErasureOutcome:
    """Erase a customer with all records that are merged into one person. Held while any of them is under a legal
    hold."""
    root = main_record(services, key_of_id(customer.id)) or customer
    records = linked_records(services, root)
    if any(record.held for record in records):
        raise Held(f"Customer {root.id} is under a legal hold: their data must be kept until it is ended.")
    now = services.now()
    erasure = Erasure(id=new_id(now, key_of(str(uuid4()))), shop=root.shop, at=now, by=by, keys=tuple(keys_of(records)))
    services.identities.save_erasure(erasure)
    cases, files = run_erasure(services, erasure)
    return ErasureOutcome(customer=root.id, at=now, records=len(records), cases=cases, files=files)


def erase_named(
    services: "EraseCustomerServices", shop: Shop, target: ErasureTarget, by: Actor, request: str
) -> Erasure:
    """Erase the customers whom a platform names, and nobody else; the erasure, with those who may have been meant too.

    `request` is the id of the platform's request: repeating it completes the same erasure. Held when some of them are
    under a legal hold: the others are erased now, and these when the hold ends.
    """
    erasure = services.identities.load_erasure(request)
    if erasure is None:
        match = find_person(services, shop, target)
        erasure = Erasure(
            id=request,
            shop=shop.id,
            at=services.now(),
            by=by,
            keys=tuple(match.meant),
            cut=tuple(merges_to_undo(services, match.meant)),
            doubtful=tuple(customer.id for customer in match.doubtful.values()),
        )
        services.identities.save_erasure(erasure)
    run_erasure(services, erasure)
    return erasure


def resume_erasure(services: "EraseCustomerServices", identifier: str) -> Erasure | None:
    """Complete an unfinished erasure; None when there is none. Held as for `erase_named`."""
    erasure = services.identities.load_erasure(identifier)
    if erasure is not None and erasure.done_at is None:
        run_erasure(services, erasure)
    return erasure


def run_erasure(services: "EraseCustomerServices", erasure: Erasure) -> tuple[int, int]:
    """Erase the records of an erasure; how many cases and files it concerned. Held when some must be kept for now."""
    customers = services.customers.load(erasure.keys)
    held: dict[str, str] = {}
    for key, customer in customers.items():
        holder = _held_person(services, customer)
        if holder is not None:
            held[key] = holder
    remaining = [
        customer for key, customer in customers.items() if key not in held and not _is_done(services, key, erasure)
    ]
    remaining_keys = set(keys_of(remaining))
    survivors: list[str] = []
    for into, member in erasure.cut:
        if remaining_keys & {into, member}:
            survivors += _undo_merge(services, into, member, erasure)
    counts = [
        _erase_record(services, shop_of(services, erasure.shop, fresh=False), record, erasure) for record in remaining
    ]
    for key in dict.fromkeys(survivors):
        identify(services, key)
    if held:
        for holder in held.values():
            _add_event(services, holder, erasure, "erasure_waits", {"erasure": erasure.id})
        ids = ", ".join(sorted(customer.id for key, customer in customers.items() if key in held))
        raise Held(f"Under a legal hold, and erased when it is ended: {ids}.")
    services.identities.save_erasure(replace(erasure, done_at=services.now()))
    return sum(cases for cases, _ in counts), sum(files for _, files in counts)


def _held_person(services: "EraseCustomerServices", record: Customer) -> str | None:
    """The key of the person whose legal hold covers this record; None when it may be erased."""
    root = main_record(services, key_of_id(record.id)) or record
    is_held = record.erased_at is None and any(linked.held for linked in linked_records(services, root))
    return key_of_id(root.id) if is_held else None


def _undo_merge(services: "EraseCustomerServices", into: str, member: str, erasure: Erasure) -> list[str]:
    """Undo a merge of which only one record is erased; the key of the record that stays."""
    records = services.customers.load([into, member])
    if member in records and records[member].root == into:
        unmerge(services, records[into], records[member], SYSTEM, "")
    return [key for key in (into, member) if key not in erasure.keys]


def _is_done(services: "EraseCustomerServices", key: str, erasure: Erasure) -> bool:
    """Whether this erasure has erased the record before: a customer who came back since is not erased again."""
    erased = _event_id(key, erasure, "erased")
    record_events = read_all([key], lambda record_key, after: services.identities.events(record_key, PAGE, after))
    return any(event.id == erased for event in record_events)


def _erase_record(services: "EraseCustomerServices", shop: Shop, record: Customer, erasure: Erasure) -> tuple[int, int]:
    """Erase one record; how many cases and files it had."""
    key = key_of_id(record.id)
    for identifier in identifiers(record, region_of(shop)):
        services.identities.remove_identifier(shop.id, key, identifier)
    services.vault.destroy([f"{shop.id}#{key}"])
    services.customers.erase(shop.id, key, erasure.at)
    cases = 0
    files = sum(services.uploads.remove_below(f"{folder}/{shop.id}/{key}/") for folder in CUSTOMER_FILES)
    for stored in read_all([key], lambda key, after: services.cases.find(shop.id, None, None, key, PAGE, after)):
        cases += 1
        files += _erase_case_data(services, shop.id, stored, erasure.at)
    _add_event(services, key, erasure, "erased", {"records": len(erasure.keys), "cases": cases, "files": files})
    return cases, files


def _erase_case_data(services: "EraseCustomerServices", shop: str, stored: StoredCase, erased_at: Instant) -> int:
    """Delete the words that a case is found by, its files, and its own key from the time before its customer was known;
    how many files it had."""
    assert stored.case is not None
    erase_words(services, stored.case, erased_at)
    services.vault.destroy([f"{shop}#{stored.key}"])
    return sum(services.uploads.remove_below(f"{folder}/{shop}/{stored.case.id}/") for folder in FILES)


def _add_event(
    services: "EraseCustomerServices", key: str, erasure: Erasure, kind: CustomerEventType, data: dict[str, Any]
) -> None:
    services.identities.add_event(
        key,
        CustomerEvent(
            id=_event_id(key, erasure, kind),
            at=erasure.at,
            by=erasure.by,
            type=kind,
            shop=erasure.shop,
            data=data,
        ),
    )


def _event_id(key: str, erasure: Erasure, kind: str) -> str:
    """The id of an erasure's event on a record: always the same, so that running it again stores the event once."""
    return new_id(erasure.at, key_of(erasure.id, kind, key))
