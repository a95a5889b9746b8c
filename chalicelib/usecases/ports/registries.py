"""What capabilities have registered, as the use cases read it. `chalicelib/registries.py` has the tables."""

from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.cases.reducer import Reducers
from chalicelib.domain.kernel.fact import Fact

if TYPE_CHECKING:
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.usecases.ports.intake_handlers import IntakeTable


class Registries(Protocol):
    """The registries of all capabilities."""

    @property
    def reducers(self) -> Reducers:
        """What each fact makes of a case."""

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Every fact that may happen to a case, by rank."""

    @property
    def intake(self) -> "IntakeTable":
        """What each inbound message does, by the type of its data."""

    @property
    def webhook_types(self) -> "WebhookTypes":
        """The types of webhooks of the `standard` source, by name."""
