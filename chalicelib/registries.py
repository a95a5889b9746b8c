"""The five registries: what each capability adds to the whole, in one place to read.

A new capability adds its own folders and its lines here, and edits no file of another capability. Each table is put
together on first use, so that a function imports only what it needs.
"""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.cases.reducer import Reducers
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.domain.kernel.fact import Fact
    from chalicelib.usecases.ports.intake_handlers import IntakeTable


class Registries:
    """Reducers, timers, follow-ups, intake handlers and measures of all capabilities."""

    @cached_property
    def reducers(self) -> "Reducers":
        """What each fact makes of a case. A fact that several capabilities reduce goes through them in this order."""
        from chalicelib.domain.aftersales.reducers import REDUCERS as AFTERSALES
        from chalicelib.domain.cases.reducer import merged
        from chalicelib.domain.cases.reducers import REDUCERS as CASES
        from chalicelib.domain.email.reducers import REDUCERS as EMAIL
        from chalicelib.domain.routing.reducers import REDUCERS as ROUTING
        from chalicelib.domain.surveys.reducers import REDUCERS as SURVEYS

        return merged(CASES, AFTERSALES, SURVEYS, EMAIL, ROUTING)

    @cached_property
    def facts(self) -> "tuple[type[Fact], ...]":
        """Every fact that may happen to a case, by rank: those that something is made of."""
        return tuple(sorted(self.reducers, key=lambda fact: fact.rank))

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
