"""Keep what special care a person needs: as they say it, while they allow it, on all of their records."""

from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.customers.segments import Need
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.usecases.customers.linked_records import family_of, keys_of, root_of
from chalicelib.usecases.ports.services import Desk


def keep_care(desk: Desk, customer: Customer, needs: tuple[Need, ...], by: Actor) -> Customer:
    """The person with these needs. Conflict without their consent to `care`: it is written down first."""
    root = root_of(desk, key_in(customer.id)) or customer
    consent = root.consents.get("care")
    if needs and (consent is None or consent.state != "given"):
        raise Conflict("This needs the person's consent to `care` first: PUT …/consents.")
    kept = set_care(desk, root, tuple(dict.fromkeys(needs)))
    at = desk.now()
    event = CustomerEvent(id=new_id(at, key_of(str(uuid4()))), at=at, by=by, type="care_changed", shop=root.shop)
    desk.people.note(key_in(root.id), event)
    return kept


def set_care(desk: Desk, root: Customer, needs: tuple[Need, ...]) -> Customer:
    """Write needs on all records of a person; the one on top as it stands then."""
    kept = {key: desk.customers.set_care(key, needs) for key in keys_of(family_of(desk, root))}
    return kept[key_in(root.id)]
