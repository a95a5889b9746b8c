"""The port for computing the segments of customers. It has only the keys of their records, because the nightly job can
read nobody's name or address. Instants are in milliseconds."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.segments import Membership, Segments, Standing
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_record import OrderRecord

ChangeMark: TypeAlias = tuple[str, str, Instant]
"""The mark of a record that changed: the mark's key (its second part is the record's key), and when it changed."""
ComputeSegments: TypeAlias = Callable[[Iterable[Standing], Instant], dict[str, Segments]]
"""Computes the segments of all these customers together, by key, because they depend on each other."""


class SegmentStore(Protocol):
    """What segments are computed from, and the segments of each customer."""

    def changed_records(self, shop: str) -> Iterator[ChangeMark]:
        """The marks of the customers' records that changed since they were last counted."""

    def clear(self, mark: ChangeMark) -> None:
        """Remove the mark of a record that was counted, unless there is a newer mark."""

    def linked_records(self, key: str) -> tuple[str, ...]:
        """The keys of all records of the customer whose record this is, the main one first; none if they were erased or
        do not want to be counted."""

    def order_records_of(self, shop: str, key: str) -> Iterator[OrderRecord]:
        """The orders of one record."""

    def cases_of(self, shop: str, key: str) -> Iterator[Case]:
        """The newest hundred cases of one record, without private text."""

    def memberships(self, shop: str) -> Iterator[Membership]:
        """All customers who are counted, with the segments they are in."""

    def membership(self, shop: str, key: str) -> Membership | None:
        """A customer's segments; None if they are not counted."""

    def save_membership(self, shop: str, membership: Membership) -> None:
        """Save a customer who is counted, also if they were not before."""

    def update_membership(self, shop: str, membership: Membership) -> bool:
        """Save a customer's segments; False, and nothing is saved, if they are not counted any more."""

    def delete_memberships(self, shop: str, records: Iterable[str]) -> None:
        """Remove these records from the customers who are counted; one that is not among them is no error."""

    def save_segments(self, records: Iterable[str], segments: Segments) -> None:
        """Save on each of a customer's records which segments they are in, unless they were erased or do not want to
        be counted any more."""

    def remove_segments(self, key: str) -> None:
        """Remove the segments from one record; one that is gone is no error."""
