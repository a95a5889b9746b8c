"""A receipt: the facts of a webhook or email that was received, and processing it again."""

from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import open_card, setting_page
from chalicelib.entrypoints.http.requests import parameter
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.usecases.ports.intake import Receipt

LONGEST_ID = 40


def show(desk: Desk) -> Response:
    """A receipt (`?receipt=`): its facts, without what was received."""
    open_card(desk, "sources")
    receipt = _find(desk, parameter(desk.request, "receipt") or "")
    replayed = parameter(desk.request, "replayed") == "1"
    return setting_page(desk, "sources", "receipt.html", receipt=receipt, replayed=replayed)


def replay(desk: Desk) -> Response:
    """Process a message again; what it has done already is not done twice."""
    from chalicelib.usecases.intake.process_receipt import process_receipt

    open_card(desk, "sources")
    receipt = _find(desk, desk.form.get("receipt", ""))
    outcome = process_receipt(services(), receipt.id)
    logger.info("receipt replayed", extra={"receipt": receipt.id, "state": outcome.state})
    return see_other(desk.address(f"settings/sources/receipt?receipt={receipt.id}&replayed=1"))


def _find(desk: Desk, identifier: str) -> "Receipt":
    """The receipt with this id. NotFound unless it is of the open shop."""
    from chalicelib.usecases.intake.read_receipt import read_receipt

    identifier = identifier.strip()[:LONGEST_ID]
    receipt = read_receipt(services(), identifier) if identifier.isalnum() and identifier.isascii() else None
    if receipt is None or receipt.id != identifier or receipt.shop != desk.shop.id:
        raise NotFound("There is no such page.")
    return receipt
