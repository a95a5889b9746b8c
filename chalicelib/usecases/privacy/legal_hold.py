"""A legal hold: a person's data must be kept, whoever asks for it to be forgotten, until the hold is ended."""

from contextlib import suppress
from uuid import uuid4

from chalicelib.domain.customers.customer import Customer, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Held
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.usecases.customers.linked_records import everything, family_of, keys_of, root_of
from chalicelib.usecases.ports.services import Desk
from chalicelib.usecases.privacy.apply_retention import clear_late
from chalicelib.usecases.privacy.erase_customer import PAGE, resume


def hold(desk: Desk, customer: Customer, reason: str, by: Actor) -> Customer:
    """Hold a person. Who is held already stays held since then."""
    root = root_of(desk, key_in(customer.id)) or customer
    at = desk.now()
    _note(desk, root, "held", reason, by)
    return root if root.held is not None else desk.customers.hold(key_in(root.id), at)


def end_hold(desk: Desk, customer: Customer, by: Actor) -> Customer:
    """End the hold on a person, on whichever of their records it is; files whose time was over meanwhile go, and
    who was to be forgotten meanwhile is."""
    root = root_of(desk, key_in(customer.id)) or customer
    held = [one for one in family_of(desk, root) if one.held is not None]
    for one in held:
        desk.customers.hold(key_in(one.id), None)
    if held:
        _note(desk, root, "hold_ended", "", by)
        clear_late(desk, root)
        _forget_late(desk, root)
    return desk.customers.load([key_in(root.id)])[key_in(root.id)]


def _forget_late(desk: Desk, root: Customer) -> None:
    """Carry on what was asked for while they were held."""
    told = everything(keys_of(family_of(desk, root)), lambda key, after: desk.people.events(key, PAGE, after))
    for waits in {str(one.data["erasure"]) for one in told if one.type == "erasure_waits"}:
        with suppress(Held):  # others of it are held still
            resume(desk, waits)


def _note(desk: Desk, root: Customer, what: str, reason: str, by: Actor) -> None:
    at = desk.now()
    event = CustomerEvent(
        id=new_id(at, key_of(str(uuid4()))),
        at=at,
        by=by,
        type="held" if what == "held" else "hold_ended",
        shop=root.shop,
        reason=reason or None,
    )
    desk.people.note(key_in(root.id), event)
