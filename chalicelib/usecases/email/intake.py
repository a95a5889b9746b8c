"""What an inbound email does."""

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.intake_handlers import Incoming, IntakeHandler, IntakeTable, Outcome
from chalicelib.usecases.ports.services import Services


def _owner(_services: Services, receipt: Receipt, _data: EmailReceived) -> str:
    return receipt.whose


def _email(services: Services, shop: Shop, data: EmailReceived, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.email.handle_email import EmailIgnored, handle_email

    try:
        return Outcome("processed", handle_email(services, shop, data, incoming.receipt))
    except EmailIgnored as why:
        return Outcome("ignored", reason=str(why), gone=why.gone)


INTAKE: IntakeTable = (IntakeHandler(data=EmailReceived, handle=_email, owner=_owner),)
