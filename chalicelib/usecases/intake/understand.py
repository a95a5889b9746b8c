"""Read what a stored delivery says, and find what handles it: once on its way through a function."""

from typing import Any

from msgspec import Struct

from chalicelib.domain.intake.webhooks import InboundMessage, parse_message
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.intake_handlers import IntakeHandler
from chalicelib.usecases.ports.services import Services


class Understood(Struct, frozen=True):
    """What a delivery says, its handler, and the external id of the case it is about, if it is about one."""

    message: InboundMessage
    handler: IntakeHandler[Any]
    case: str | None = None


def understand(services: Services, receipt: Receipt) -> Understood:
    """What a receipt's body says. Invalid: it cannot be read. IgnoredTopic: nothing follows from it."""
    message = parse_message(
        receipt.source,
        receipt.type,
        receipt.body,
        receipt.received_at,
        receipt.sent_at,
        types=services.registries.webhook_types,
    )
    handler = handler_of(services, message.data)
    return Understood(message, handler, handler.case(receipt.source, message.data) if handler.case else None)


def handler_of(services: Services, data: Struct) -> IntakeHandler[Any]:
    """The handler of this type of data, or of the nearest type it is derived from. LookupError when there is none."""
    by_type = {handler.data: handler for handler in services.registries.intake}
    for kind in type(data).__mro__:
        if kind in by_type:
            return by_type[kind]
    raise LookupError(f"no intake handler is registered for {type(data).__name__}")
