"""Keep what special care a person needs: as they say it, while they allow it, on all of their records."""

from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.segments import Need
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.customers.linked_records import keys_of, linked_records, main_record
from chalicelib.usecases.ports.services import Services


def record_care_needs(services: Services, customer: Customer, needs: tuple[Need, ...], by: Actor) -> Customer:
    """The person with these needs. Conflict without their consent to `care`: it is written down first."""
    root = main_record(services, key_of_id(customer.id)) or customer
    consent = root.consents.get("care")
    if needs and (consent is None or consent.state != "given"):
        raise Conflict("This needs the person's consent to `care` first: PUT …/consents.")
    kept = set_care(services, root, tuple(dict.fromkeys(needs)))
    at = services.now()
    event = CustomerEvent(id=new_id(at, key_of(str(uuid4()))), at=at, by=by, type="care_changed", shop=root.shop)
    services.identities.note(key_of_id(root.id), event)
    return kept


def set_care(services: Services, root: Customer, needs: tuple[Need, ...]) -> Customer:
    """Write needs on all records of a person; the one on top as it stands then."""
    kept = {key: services.customers.set_care(key, needs) for key in keys_of(linked_records(services, root))}
    return kept[key_of_id(root.id)]
