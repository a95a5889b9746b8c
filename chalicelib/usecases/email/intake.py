"""The intake handler of inbound emails."""

from typing import TYPE_CHECKING

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _data_owner(_services: "Services", receipt: Receipt, _data: EmailReceived) -> str:
    """Whose key encrypts the email: it was decided when the receipt was stored."""
    return receipt.whose


def _handle_received(services: "Services", shop: Shop, data: EmailReceived, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.email.handle_email import EmailIgnored, handle_email

    try:
        return Outcome("processed", handle_email(services, shop, data, incoming.receipt))
    except EmailIgnored as ignored:
        return Outcome("ignored", reason=str(ignored), unused_files=ignored.gone)


INTAKE: IntakeTable = (IntakeHandler(data=EmailReceived, handle=_handle_received, owner=_data_owner),)
