"""The five registries: what each capability adds to the whole, in one place to read.

A new capability adds its own folders and its lines here, and edits no file of another capability. Each table is put
together on first use, so that a function imports only what it needs.
"""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.usecases.ports.intake_handlers import IntakeTable


class Registries:
    """Reducers, timers, follow-ups, intake handlers and measures of all capabilities."""

    @cached_property
    def intake(self) -> "IntakeTable":
        """What each inbound message does, by the type of its data."""
        from chalicelib.usecases.aftersales.intake import INTAKE as AFTERSALES
        from chalicelib.usecases.cases.intake import INTAKE as CASES
        from chalicelib.usecases.email.intake import INTAKE as EMAIL
        from chalicelib.usecases.platforms.intake import INTAKE as PLATFORMS
        from chalicelib.usecases.privacy.intake import INTAKE as PRIVACY
        from chalicelib.usecases.settlement.intake import INTAKE as SETTLEMENT
        from chalicelib.usecases.surveys.intake import INTAKE as SURVEYS

        return (*CASES, *SURVEYS, *AFTERSALES, *SETTLEMENT, *EMAIL, *PLATFORMS, *PRIVACY)

    @cached_property
    def webhook_types(self) -> "WebhookTypes":
        """The types of webhooks of the `standard` source, by name."""
        from chalicelib.domain.intake.payloads import WebhookType

        return {name: WebhookType(row.data, row.check) for row in self.intake for name in row.webhooks}
