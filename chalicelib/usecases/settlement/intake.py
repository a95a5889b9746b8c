"""What the webhook with a statement's entries does."""

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.settlement.entries import StatementUpload, check_upload
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.intake_handlers import Incoming, IntakeHandler, IntakeTable, Outcome
from chalicelib.usecases.ports.services import Services


def _check(_kind: str, data: StatementUpload, now: Instant) -> None:
    check_upload(data, now)


def _statement(services: Services, shop: Shop, data: StatementUpload, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.settlement.store_statement import handle_statement

    handle_statement(services, shop, data, incoming.receipt.received_at)
    return Outcome("processed")


INTAKE: IntakeTable = (
    IntakeHandler(data=StatementUpload, handle=_statement, webhooks=("statement.told",), check=_check),
)
