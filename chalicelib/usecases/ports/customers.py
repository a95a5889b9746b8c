"""Ports for customers, their identities and keys, their requests for help and their exports.

A customer's key is the last part of their id. Times are milliseconds since 1970, and pages are read with the `next` of
the page before as `after`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.consents import Consent, Purpose
from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.customers.segments import Membership, Need, Segments, Standing
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.portal.help_request import HelpRequest
from chalicelib.domain.privacy.erasure import Erasure
from chalicelib.domain.privacy.export import Export
from chalicelib.usecases.ports.cases import Page


class Upserted(Struct, frozen=True):
    """A customer as stored after an update."""

    customer: Customer
    has_new_identifiers: bool
    """Whether the update brought anything that identifies the customer."""
    is_repeated: bool
    """Whether the record has this update, or a later one, already: an earlier attempt may have been interrupted after
    that."""


def unchanged(stored: Customer, update: Customer) -> Upserted:
    """A customer whose stored record an update does not change."""
    return Upserted(stored, has_new_identifiers=False, is_repeated=update.seen_at <= stored.seen_at)


class CustomerStore(Protocol):
    """The customers' records: the only place where their personal data is stored."""

    def load(self, keys: Iterable[str]) -> dict[str, Customer]:
        """The customers with these keys, by key; keys without a customer are left out."""

    def upsert(self, customer: Customer) -> Customer:
        """Create a customer or update the stored one, unless the stored data is newer (`seen_at`); the stored customer.
        If there is anything new that identifies them, the relay has them identified.

        RetryLater when others update the same record at the same time, again and again.
        """

    def upsert_unrelayed(self, customer: Customer) -> Upserted:
        """As `upsert`, for a caller who identifies the customer at once if that is due."""

    def request_identification(self, customer: Customer) -> None:
        """Have the relay send a customer to be identified."""

    def reserve_survey(self, key: str, survey: str, now: Instant, budget_start: Instant) -> Customer | None:
        """Use the customer's contact budget for this survey. None when it was reserved. Otherwise the customer who
        prevents it: asked after `budget_start`, by this same survey, or without consent."""

    def release_survey(self, key: str, survey: str) -> None:
        """Give the contact budget back, because the email did not leave; nothing happens if another survey has it."""

    def set_consent(self, key: str, purpose: Purpose, consent: Consent) -> Customer:
        """Store a consent unless a later one for this purpose is stored; the customer as stored then."""

    def erase(self, shop: str, key: str, now: Instant) -> None:
        """Remove all personal data from a customer's record; only that and when they were erased remains."""

    def set_legal_hold(self, key: str, since: Instant | None) -> Customer:
        """Start a legal hold on the customer's data, or end it (None); the customer as stored then."""

    def set_last_contact(self, shop: str, key: str, last_contact_at: Instant) -> None:
        """Note when the customer was last active, to the month; retention starts from there."""

    def set_care(self, key: str, needs: tuple[Need, ...]) -> Customer:
        """Store which special care the customer needs, none to remove it; the customer as stored then.

        KeyError when there is no such customer; RetryLater as for `upsert`.
        """

    def set_undeliverable(self, key: str, address: str | None) -> None:
        """Store the customer's email address that permanently bounces; None when it accepts emails again."""


class IdentityStore(Protocol):
    """What identifies customers, which records are the same person, what happened to the records, and who read them."""

    def add_identifiers(self, shop: str, key: str, identifiers: Sequence[Identifier]) -> None:
        """Let a record be found by these identifiers."""

    def identified_by(self, shop: str, by: Identifier) -> list[str]:
        """The keys of the records that have, or had, this identifier."""

    def remove_identifier(self, shop: str, key: str, by: Identifier) -> None:
        """Let a record no longer be found by this identifier."""

    def link(self, into: Customer, member: Customer, event: CustomerEvent) -> None:
        """Merge or unmerge two records, as the event says, and store the event on both.

        VersionConflict when one of the records was merged, unmerged or erased since it was loaded.
        """

    def add_event(self, key: str, event: CustomerEvent) -> None:
        """Store what happened to a record; an event with the same id is replaced."""

    def events(self, key: str, limit: int, after: str | None) -> Page:
        """A page of what happened to a record (`CustomerEvent`), the oldest first."""

    def record_access(self, customers: list[str], by: str, what: str, now: Instant) -> None:
        """Note that a member of staff read the data of these customers, given by keys: once per hour and kind (`what`)
        of reading."""

    def accesses(self, key: str, limit: int, after: str | None) -> Page:
        """A page of who read a customer's data (`Access`) without changing a case of theirs, the oldest first; `after`
        is the place of an access."""

    def save_erasure(self, erasure: Erasure) -> None:
        """Store an erasure before it runs, so that whoever finds it unfinished completes it; again when it is done."""

    def load_erasure(self, identifier: str) -> Erasure | None:
        """The erasure with this id; None when there is none, or it is older than thirty days."""


class Keys(Protocol):
    """The encryption keys of customers, and hashes made with the key of their shop."""

    def fingerprint(self, shop: str, text: str) -> str:
        """A keyed hash of the text, 24 characters: equal texts of a shop have equal hashes, and nobody without the
        shop's key can compute them."""

    def serves(self, shop: str) -> bool:
        """Whether the shop has a key; hashing for a shop without one makes it."""

    def destroy(self, names: Iterable[str]) -> None:
        """Destroy the keys with these names (`<shop>#<customer key>`): all data that was encrypted with them is lost,
        in every copy. Names without a key are ignored."""


class HelpStore(Protocol):
    """Customers' requests for help, stored as long as their links last."""

    def add(self, request: HelpRequest) -> None:
        """Store a request and have its link sent; one with the same key stays as it is."""

    def load(self, key: str) -> HelpRequest | None:
        """The request with this key; None when there is none, or the customer was erased since."""


class ExportStore(Protocol):
    """Requested exports of personal data, stored as long as their links last."""

    def add(self, export: Export) -> None:
        """Store a request, and have the export made and its link sent."""

    def load(self, identifier: str) -> Export | None:
        """The export with this id; None when there is none, or it was deleted after its link expired."""


ChangeMark: TypeAlias = tuple[str, str, Instant]
"""The mark of a record that changed: the mark's key (its second part is the record's key), and when it changed."""


ComputeSegments: TypeAlias = Callable[[Iterable[Standing], Instant], dict[str, Segments]]
"""Computes the segments of all these customers together, by key, because they depend on each other."""


class History(NamedTuple):
    """What one record of a customer counts for in segments."""

    orders: list[OrderRecord]
    cases: list[Case]


class SegmentStore(Protocol):
    """What segments are computed from, and the segments of each customer."""

    def changed_records(self, shop: str) -> Iterator[ChangeMark]:
        """The marks of the customers' records that changed since they were last counted."""

    def clear(self, mark: ChangeMark) -> None:
        """Remove the mark of a record that was counted, unless there is a newer mark."""

    def linked_records(self, records: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """For each of these records the keys of all records of its customer, the main one first; none if they were
        erased or do not want to be counted."""

    def histories(self, shop: str, records: Sequence[str]) -> dict[str, History]:
        """The orders of each of these records and its newest hundred cases, without private text."""

    def memberships(self, shop: str) -> Iterator[Membership]:
        """All customers who are counted, with the segments they are in."""

    def memberships_of(self, shop: str, customers: Iterable[str]) -> dict[str, Membership]:
        """The segments of those of these customers who are counted, by key."""

    def save_memberships(self, shop: str, memberships: Iterable[Membership], others: Iterable[str]) -> None:
        """Save customers who are counted, also if they were not before, and remove other records from those who are;
        one that is not among them is no error."""

    def update_membership(self, shop: str, membership: Membership) -> bool:
        """Save a customer's segments; False, and nothing is saved, if they are not counted any more."""

    def save_segments(self, records: Iterable[str], segments: Segments) -> None:
        """Save on each of a customer's records which segments they are in, unless they were erased or do not want to
        be counted any more."""

    def remove_segments(self, key: str) -> None:
        """Remove the segments from one record; one that is gone is no error."""
