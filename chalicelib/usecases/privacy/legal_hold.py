"""A legal hold: a person's data must be kept, whoever asks for it to be forgotten, until the hold is ended."""

from contextlib import suppress
from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.customers.linked_records import everything, keys_of, linked_records, main_record
from chalicelib.usecases.ports.services import Services
from chalicelib.usecases.privacy.apply_retention import delete_late_files
from chalicelib.usecases.privacy.erase_customer import PAGE, resume_erasure


def place_legal_hold(services: Services, customer: Customer, reason: str, by: Actor) -> Customer:
    """Hold a person. Who is held already stays held since then."""
    root = main_record(services, key_of_id(customer.id)) or customer
    at = services.now()
    _note(services, root, "held", reason, by)
    return root if root.held is not None else services.customers.hold(key_of_id(root.id), at)


def end_legal_hold(services: Services, customer: Customer, by: Actor) -> Customer:
    """End the hold on a person, on whichever of their records it is; files whose time was over meanwhile go, and
    who was to be forgotten meanwhile is."""
    root = main_record(services, key_of_id(customer.id)) or customer
    held = [one for one in linked_records(services, root) if one.held is not None]
    for one in held:
        services.customers.hold(key_of_id(one.id), None)
    if held:
        _note(services, root, "hold_ended", "", by)
        delete_late_files(services, root)
        _forget_late(services, root)
    return services.customers.load([key_of_id(root.id)])[key_of_id(root.id)]


def _forget_late(services: Services, root: Customer) -> None:
    """Carry on what was asked for while they were held."""
    told = everything(
        keys_of(linked_records(services, root)), lambda key, after: services.identities.events(key, PAGE, after)
    )
    for waits in {str(one.data["erasure"]) for one in told if one.type == "erasure_waits"}:
        with suppress(Held):  # others of it are held still
            resume_erasure(services, waits)


def _note(services: Services, root: Customer, what: str, reason: str, by: Actor) -> None:
    at = services.now()
    event = CustomerEvent(
        id=new_id(at, key_of(str(uuid4()))),
        at=at,
        by=by,
        type="held" if what == "held" else "hold_ended",
        shop=root.shop,
        reason=reason or None,
    )
    services.identities.note(key_of_id(root.id), event)
