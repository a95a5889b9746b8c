"""What the law has a platform pass on: a person is to be forgotten, or wants to know what is held of them."""

from contextlib import suppress

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.platforms.events import DataRequest, PersonReference, Redaction
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services
from chalicelib.usecases.privacy.erase_customer import erase_named
from chalicelib.usecases.privacy.export_customer import ask_for_export
from chalicelib.usecases.privacy.find_person import find_person


def handle_privacy_request(
    services: Services, shop: Shop, told: Redaction | DataRequest, receipt: Receipt
) -> tuple[str, ...]:
    """Carry it out; the ids of who may have been meant as well, and is left to staff. Held when somebody must be kept
    for now."""
    if isinstance(told, Redaction):
        return erase_named(services, shop, whom(told, receipt.source), Actor("shop", shop.id), receipt.id).doubtful
    found = find_person(services, shop, whom(told, receipt.source))
    roots = {one.id: one for key in found.meant if (one := main_record(services, key)) is not None}
    for one in roots.values():
        with suppress(Conflict):  # it is sent to nobody of whom it is not certain that all of it is theirs
            ask_for_export(services, one, Actor("shop", shop.id))
    return tuple(one.id for one in found.doubtful.values())


def in_words(doubtful: tuple[str, ...]) -> str | None:
    """What a receipt says of those who may have been meant."""
    return f"perhaps meant, too, and left to staff: {', '.join(doubtful)}" if doubtful else None


def whom(told: PersonReference, source: str) -> ErasureTarget:
    """Whom a platform names."""
    ids, emails, phones = (tuple(filter(None, (one,))) for one in (told.customer, told.email, told.phone))
    return ErasureTarget(source=source, external_ids=ids, emails=emails, phones=phones, orders=told.orders)
