"""Record the special care that a customer says they need, on all of their records, while they consent to it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.segments import Need
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasCustomers, HasIdentities

    class RecordCareNeedsServices(HasClock, HasCustomers, HasIdentities, Protocol):
        """The services that `record_care_needs` uses."""


def record_care_needs(
    services: "RecordCareNeedsServices", customer: Customer, needs: tuple[Need, ...], by: Actor
) -> Customer:
    """Record a customer's needs; the main record as stored then. Conflict without their consent to `care`."""
    root = main_record(services, key_of_id(customer.id)) or customer
    consent = root.consents.get("care")
    if needs and (consent is None or consent.state != "given"):
        raise Conflict("This needs the person's consent to `care` first: PUT …/consents.")
    stored = set_care(services, root, tuple(dict.fromkeys(needs)))
    occurred_at = services.now()
    event = CustomerEvent(
        id=new_id(occurred_at, key_of(str(uuid4()))), at=occurred_at, by=by, type="care_changed", shop=root.shop
    )
    services.identities.add_event(key_of_id(root.id), event)
    return stored


def set_care(services: "RecordCareNeedsServices", root: Customer, needs: tuple[Need, ...]) -> Customer:
    """Store needs on all records of a customer; the main record as stored then."""
    stored = {key: services.customers.set_care(key, needs) for key in keys_of(linked_records(services, root))}
    return stored[key_of_id(root.id)]
