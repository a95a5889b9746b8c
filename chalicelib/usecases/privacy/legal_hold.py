"""Legal holds: while one is in force, the customer's data must not be erased, whoever requests it."""

from contextlib import suppress
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record, read_all
from chalicelib.usecases.privacy.apply_retention import delete_late_files
from chalicelib.usecases.privacy.erase_customer import PAGE, resume_erasure

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
    )

    class LegalHoldServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasIdentities,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        HasUploads,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `legal_hold` uses."""


def place_legal_hold(services: "LegalHoldServices", customer: Customer, reason: str, by: Actor) -> Customer:
    """Place a legal hold on a customer; the main record as stored then. An existing hold keeps its start."""
    root = main_record(services, key_of_id(customer.id)) or customer
    now = services.now()
    _add_event(services, root, "held", reason, by)
    return root if root.held is not None else services.customers.set_legal_hold(key_of_id(root.id), now)


def end_legal_hold(services: "LegalHoldServices", customer: Customer, by: Actor) -> Customer:
    """End the legal hold on a customer, on whichever of their records it is; the main record as stored then. Files
    whose retention period ended meanwhile are deleted, and erasures that waited for it are completed."""
    root = main_record(services, key_of_id(customer.id)) or customer
    held = [record for record in linked_records(services, root) if record.held is not None]
    for record in held:
        services.customers.set_legal_hold(key_of_id(record.id), None)
    if held:
        _add_event(services, root, "hold_ended", "", by)
        delete_late_files(services, root)
        _resume_waiting_erasures(services, root)
    return services.customers.load([key_of_id(root.id)])[key_of_id(root.id)]


def _resume_waiting_erasures(services: "LegalHoldServices", root: Customer) -> None:
    """Complete the erasures that were requested during the legal hold."""
    keys = keys_of(linked_records(services, root))
    events = read_all(keys, lambda key, after: services.identities.events(key, PAGE, after))
    for erasure in {str(event.data["erasure"]) for event in events if event.type == "erasure_waits"}:
        with suppress(Held):  # a hold on other customers of the erasure is still in force
            resume_erasure(services, erasure)


def _add_event(
    services: "LegalHoldServices", root: Customer, kind: Literal["held", "hold_ended"], reason: str, by: Actor
) -> None:
    occurred_at = services.now()
    event = CustomerEvent(
        id=new_id(occurred_at, key_of(str(uuid4()))),
        at=occurred_at,
        by=by,
        type=kind,
        shop=root.shop,
        reason=reason or None,
    )
    services.identities.add_event(key_of_id(root.id), event)
