"""What use cases know of the registries: the tables that the capabilities fill."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.usecases.ports.intake_handlers import IntakeTable


class Registries(Protocol):
    """The tables of all capabilities, put together in `chalicelib/registries.py`."""

    @property
    def intake(self) -> "IntakeTable":
        """What each inbound message does, by the type of its data."""

    @property
    def webhook_types(self) -> "WebhookTypes":
        """The types of webhooks of the `standard` source, by name."""
