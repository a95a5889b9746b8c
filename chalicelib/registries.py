"""The five registries: what each capability adds to the whole, in one place to read.

A new capability adds its own folders and its lines here, and edits no file of another capability. Each table is put
together on first use, so that a function imports only what it needs.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.adapters.metrics.measure_query import MeasureQuery
    from chalicelib.domain.cases.fold import Reducers
    from chalicelib.domain.cases.measure import Measure
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.domain.kernel.fact import Fact
    from chalicelib.domain.timers.timer_source import TimerSource
    from chalicelib.usecases.ports.follow_ups import FollowUp
    from chalicelib.usecases.ports.intake_handlers import IntakeTable
    from chalicelib.usecases.ports.metrics import RowSource


class Registries:
    """Reducers, timers, follow-ups, intake handlers and measures of all capabilities."""

    @cached_property
    def reducers(self) -> "Reducers":
        """What each fact makes of a case. A fact that several capabilities reduce goes through them in this order."""
        from chalicelib.domain.aftersales.reducers import REDUCERS as AFTERSALES
        from chalicelib.domain.cases.fold import merge_reducers
        from chalicelib.domain.cases.reducers import REDUCERS as CASES
        from chalicelib.domain.email.reducers import REDUCERS as EMAIL
        from chalicelib.domain.routing.reducers import REDUCERS as ROUTING
        from chalicelib.domain.surveys.reducers import REDUCERS as SURVEYS

        return merge_reducers(CASES, AFTERSALES, SURVEYS, EMAIL, ROUTING)

    @cached_property
    def facts(self) -> "tuple[type[Fact], ...]":
        """Every fact that may happen to a case, by rank: those that something is made of."""
        return tuple(sorted(self.reducers, key=lambda fact: fact.rank))

    @cached_property
    def timers(self) -> "tuple[TimerSource, ...]":
        """What time does to a case. Of what is due at once, the first is written down first: the most urgent."""
        from chalicelib.domain.aftersales.timers import DEADLINES, PAYMENTS
        from chalicelib.domain.routing.timers import TIMERS as ROUTING
        from chalicelib.domain.surveys.timers import TIMERS as SURVEYS
        from chalicelib.domain.timers.promises import CLOSING, PROMISES

        return (*PROMISES, *DEADLINES, *ROUTING, *PAYMENTS, *CLOSING, *SURVEYS)

    @cached_property
    def follow_ups(self) -> "tuple[FollowUp, ...]":
        """Which queue hears of which event, and what its worker does then, in this order."""
        from chalicelib.usecases.aftersales.follow_ups import FOLLOW_UPS as AFTERSALES
        from chalicelib.usecases.email.follow_ups import FOLLOW_UPS as EMAIL
        from chalicelib.usecases.notifications.follow_ups import FOLLOW_UPS as NOTIFICATIONS
        from chalicelib.usecases.routing.follow_ups import FOLLOW_UPS as ROUTING
        from chalicelib.usecases.surveys.follow_ups import FOLLOW_UPS as SURVEYS
        from chalicelib.usecases.webhooks_out.follow_ups import FOLLOW_UPS as WEBHOOKS_OUT

        return (*NOTIFICATIONS, *EMAIL, *AFTERSALES, *SURVEYS, *WEBHOOKS_OUT, *ROUTING)

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

    @cached_property
    def measures(self) -> "tuple[Measure, ...]":
        """What the daily metrics count of cases, order records and other sources."""
        from chalicelib.domain.aftersales.measures import MEASURES as AFTERSALES
        from chalicelib.domain.metrics.case_metrics import MEASURES as CASES
        from chalicelib.domain.settlement.measures import MEASURES as SETTLEMENT

        return (*CASES, *AFTERSALES, *SETTLEMENT)

    @cached_property
    def measure_queries(self) -> "tuple[MeasureQuery, ...]":
        """How the nightly job makes records of each measure's rows, in SQL."""
        from chalicelib.adapters.aftersales.measures import QUERIES as AFTERSALES
        from chalicelib.adapters.metrics.case_records import QUERIES as CASES
        from chalicelib.adapters.settlement.measures import QUERIES as SETTLEMENT

        return (*CASES, *AFTERSALES, *SETTLEMENT)

    @cached_property
    def row_sources(self) -> "Mapping[str, RowSource]":
        """By a measure's name, where its rows are read if neither a case nor an order record holds them."""
        from chalicelib.usecases.settlement.count_settlement import settlement_metrics

        return {"settlement": settlement_metrics}
