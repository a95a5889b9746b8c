"""Read the content of a stored message and find its handler."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.intake.webhooks import InboundMessage, parse_message
from chalicelib.usecases.ports.intake import EventKey, IntakeHandler, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasRegistries


class Understood(Struct, frozen=True):
    """The content of a message, its handler, and the external id of the case it is about, if any."""

    message: InboundMessage
    handler: IntakeHandler[Any]
    case: str | None = None

    def becomes(self, receipt: Receipt) -> EventKey | None:
        """The event that the message of this receipt becomes, if that follows from the message alone."""
        return self.handler.becomes(receipt, self.message.data) if self.handler.becomes else None


def understand(services: "HasRegistries", receipt: Receipt) -> Understood:
    """The content of a receipt's body. Invalid: it cannot be read. IgnoredTopic: its topic has no effect."""
    message = parse_message(
        receipt.source,
        receipt.type,
        receipt.body,
        receipt.received_at,
        receipt.sent_at,
        types=services.registries.webhook_types,
    )
    handler = find_handler(services, message.data)
    return Understood(message, handler, handler.case(receipt.source, message.data) if handler.case else None)


def find_handler(services: "HasRegistries", data: Struct) -> IntakeHandler[Any]:
    """The handler of this type of data, or of the nearest type it is derived from. LookupError if there is none."""
    by_type = {handler.data: handler for handler in services.registries.intake}
    for kind in type(data).__mro__:
        if kind in by_type:
            return by_type[kind]
    raise LookupError(f"no intake handler is registered for {type(data).__name__}")
