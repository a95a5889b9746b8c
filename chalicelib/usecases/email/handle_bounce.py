"""Mark a customer's address as undeliverable when email to it bounces, and clear the mark when they write from it."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.email.inbound_email import Bounce, InboundEmail
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.email.author import customers_addresses
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasCustomers, HasThreads

    class HandleBounceServices(HasAgents, HasCases, HasCustomers, HasThreads, Protocol):
        """The services that `handle_bounce` uses."""


def mark_undeliverable(services: "HandleBounceServices", stored: StoredCase, email: InboundEmail) -> None:
    """Mark the addresses of a case's customer that a bounce reports.

    Only permanent failures count, only of an email that we sent and that the bounce encloses or names, and only for
    addresses that email went to, which are the customer's.
    """
    assert stored.case is not None
    ids = email.reported_ids
    if stored.key not in (services.threads.cases(ids, only_ours=True) if ids else []):
        return
    failed = {mail_of(bounce.address) for bounce in email.bounced if is_permanent(bounce)}
    records = _customers_records(services, stored.case)
    for address in sorted(address for address in failed & customers_addresses(services, stored) if address):
        owners = [record.id for record in records if mail_of(record.email) == address]
        for key in map(key_of_id, owners or [stored.case.customer]):
            services.customers.set_undeliverable(key, address)


def is_permanent(bounce: Bounce) -> bool:
    """Whether delivery will not be tried again: by its status, or without one by its action (RFC 3464, 2.3.3)."""
    if bounce.status:
        return bounce.status.startswith("5.") and bounce.action in ("failed", "")
    return bounce.action == "failed"


def clear_undeliverable(services: "HandleBounceServices", case: Case, address: str) -> None:
    """Allow email to an address again, because the customer wrote from it."""
    for record in _customers_records(services, case):
        if record.undeliverable is not None and record.undeliverable == mail_of(address):
            services.customers.set_undeliverable(key_of_id(record.id), None)


def is_undeliverable(services: "HandleBounceServices", case: Case, address: str) -> bool:
    """Whether email to this address of a case's customer bounced for good."""
    records = _customers_records(services, case)
    return any(record.undeliverable == mail_of(address) for record in records if record.undeliverable)


def _customers_records(services: "HandleBounceServices", case: Case) -> list[Customer]:
    """All records of the person who is the case's customer."""
    root = main_record(services, key_of_id(case.customer))
    return linked_records(services, root) if root else []
