"""The intake handlers of a platform's requests about a person's data: to erase it, or to export it."""

from typing import TYPE_CHECKING

from chalicelib.domain.platforms.events import DataRequest, PersonReference, Redaction, named_customer
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.customers.upsert_customer import customer_key
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _key_of_person(services: "Services", receipt: Receipt, data: PersonReference) -> str | None:
    customer = named_customer(data)
    return customer_key(services, receipt.shop, customer) if customer is not None else None


def _handle_privacy_request(
    services: "Services", shop: Shop, data: Redaction | DataRequest, incoming: Incoming
) -> Outcome:
    from chalicelib.usecases.privacy.handle_privacy_request import handle_privacy_request, in_words

    if data.nobody:
        return Outcome("ignored", reason="names no person: close the shop by hand, as docs/privacy.md says")
    return Outcome("processed", reason=in_words(handle_privacy_request(services, shop, data, incoming.receipt)))


INTAKE: IntakeTable = (
    IntakeHandler(data=Redaction, handle=_handle_privacy_request, owner=_key_of_person),
    IntakeHandler(data=DataRequest, handle=_handle_privacy_request, owner=_key_of_person),
)
