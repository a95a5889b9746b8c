"""Export, hold and erase a customer's data on behalf of a member of staff, and record it among the changes of the shop.
The API and the agents' desk both come this way. The record names the customer by id, and gives no reason: that is
personal, and stands with the customer."""

from typing import TYPE_CHECKING

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.privacy.export import Export
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.privacy import erase_customer, export_customer, legal_hold
from chalicelib.usecases.shops.record_change import record_change

if TYPE_CHECKING:
    from typing import Any, Protocol

    from chalicelib.usecases.ports.services import HasSettingChanges
    from chalicelib.usecases.privacy.erase_customer import EraseCustomerServices, ErasureOutcome
    from chalicelib.usecases.privacy.export_customer import ExportCustomerServices
    from chalicelib.usecases.privacy.legal_hold import LegalHoldServices

    class ExportOnRequestServices(ExportCustomerServices, HasSettingChanges, Protocol):
        """The services that an export uses."""

    class HoldOnRequestServices(HasSettingChanges, LegalHoldServices, Protocol):
        """The services that a legal hold uses."""

    class EraseOnRequestServices(EraseCustomerServices, HasSettingChanges, Protocol):
        """The services that an erasure uses."""


def export(services: "ExportOnRequestServices", customer: Customer, by: Actor, notes: bool) -> Export:
    """Have an export made and its link sent (`export_customer.request_export`)."""
    requested = export_customer.request_export(services, customer, by, notes)
    after = {"export": requested.id, "notes": notes}
    record_change(services, customer.shop, "privacy", requested.customer, by.id or "", None, after)
    return requested


def hold(services: "HoldOnRequestServices", customer: Customer, reason: str, by: Actor) -> Customer:
    """Place a legal hold (`legal_hold.place_legal_hold`)."""
    before = _is_held(services, customer)
    stored = legal_hold.place_legal_hold(services, customer, reason, by)
    _record_hold(services, stored, by, before, after=True)
    return stored


def end_hold(services: "HoldOnRequestServices", customer: Customer, by: Actor) -> Customer:
    """End a legal hold (`legal_hold.end_legal_hold`)."""
    before = _is_held(services, customer)
    stored = legal_hold.end_legal_hold(services, customer, by)
    _record_hold(services, stored, by, before, after=False)
    return stored


def erase(services: "EraseOnRequestServices", customer: Customer, by: Actor) -> "ErasureOutcome":
    """Erase a customer (`erase_customer.erase_customer`); the receipt."""
    outcome = erase_customer.erase_customer(services, customer, by)
    after: dict[str, Any] = {"erased": True, "cases": outcome.cases, "files": outcome.files}
    record_change(services, customer.shop, "privacy", outcome.customer, by.id or "", None, after)
    return outcome


def _is_held(services: "HoldOnRequestServices", customer: Customer) -> bool:
    """Whether any record of this person is under a legal hold."""
    root = main_record(services, key_of_id(customer.id)) or customer
    return any(record.held is not None for record in linked_records(services, root))


def _record_hold(services: "HoldOnRequestServices", customer: Customer, by: Actor, before: bool, after: bool) -> None:
    states = {"held": before}, {"held": after}
    record_change(services, customer.shop, "privacy", customer.id, by.id or "", *states)
