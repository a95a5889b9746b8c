"""The intake handler of the webhook with the entries of a statement."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.settlement.entries import StatementUpload, check_upload
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.intake import Incoming, IntakeHandler, IntakeTable, Outcome

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services


def _check_statement(_kind: str, data: StatementUpload, now: Instant) -> None:
    check_upload(data, now)


def _handle_statement(services: "Services", shop: Shop, data: StatementUpload, incoming: Incoming) -> Outcome:
    from chalicelib.usecases.settlement.store_statement import handle_statement

    handle_statement(services, shop, data, incoming.receipt.received_at)
    return Outcome("processed")


INTAKE: IntakeTable = (
    IntakeHandler(data=StatementUpload, handle=_handle_statement, webhooks=("statement.told",), check=_check_statement),
)
