"""Mark an address that mail comes back from, at the person whose it is; and clear it when they write from there."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.email.inbound_email import Bounce, InboundEmail
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.email.author import customers_addresses
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def mark_undeliverable(services: Services, stored: StoredCase, letter: InboundEmail) -> None:
    """Note that an address of a case's customer takes no mail. Only a delivery that failed for good says so, of
    a mail of ours that it gives back or names, and only of an address this mail went to: the customer's."""
    assert stored.case is not None
    ids = letter.returned
    if stored.key not in (services.threads.cases(ids, only_ours=True) if ids else []):
        return
    failed = {mail_of(one.address) for one in letter.bounced if _is_for_good(one)}
    family = _family(services, stored.case)
    for address in sorted(one for one in failed & customers_addresses(services, stored) if one):
        owners = [one for one in family if mail_of(one.email) == address]
        for key in map(key_of_id, [one.id for one in owners] or [stored.case.customer]):
            services.customers.set_undeliverable(key, address)


def _is_for_good(told: Bounce) -> bool:
    """Whether nobody will try again: a status of failure, or, where none is told, that action (RFC 3464, 2.3.3)."""
    if told.status:
        return told.status.startswith("5.") and told.action in ("failed", "")
    return told.action == "failed"


def clear_undeliverable(services: Services, case: Case, address: str) -> None:
    """Who writes from an address gets mail there again."""
    for one in _family(services, case):
        if one.undeliverable is not None and one.undeliverable == mail_of(address):
            services.customers.set_undeliverable(key_of_id(one.id), None)


def is_undeliverable(services: Services, case: Case, address: str) -> bool:
    """Whether mail to this address of a case's customer came back for good."""
    return any(one.undeliverable == mail_of(address) for one in _family(services, case) if one.undeliverable)


def _family(services: Services, case: Case) -> list[Customer]:
    root = main_record(services, key_of_id(case.customer))
    return linked_records(services, root) if root else []
